import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What is served. */
export interface Served {
  readonly metrics: () => string;
  /** Why it is unhealthy; undefined if it is healthy. */
  readonly illness: () => string | undefined;
  readonly isReady: () => boolean;
  /** Called with the error of a request that could not be answered. */
  readonly failed: (error: unknown) => void;
}

const TEXT = { "content-type": "text/plain; version=0.0.4; charset=utf-8" };

/** Serves /metrics, /healthz and /readyz. @returns the server and its port */
export async function serve(port: number, served: Served): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer((request, answer) => {
    try {
      respond(request.url, answer, served);
    } catch (error) {
      // A request must never end the process that watches.
      served.failed(error);
      answer.writeHead(500).end("no answer at present: see the log\n");
    }
  });
  server.listen(port);
  await once(server, "listening");
  return { server, port: (server.address() as AddressInfo).port };
}

function respond(url: string | undefined, answer: ServerResponse, { metrics, illness, isReady }: Served): void {
  if (url === "/metrics") {
    const text = metrics();
    answer.writeHead(200, TEXT).end(text);
  } else if (url === "/healthz") {
    const what = illness();
    answer.writeHead(what === undefined ? 200 : 503).end(`${what ?? "ok"}\n`);
  } else if (url === "/readyz") {
    const ready = isReady();
    answer.writeHead(ready ? 200 : 503).end(ready ? "ok\n" : "not everything has been listed yet\n");
  } else {
    answer.writeHead(404).end();
  }
}
