import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** What is served. */
export interface Served {
  readonly metrics: () => string;
  readonly isHealthy: () => boolean;
  readonly isReady: () => boolean;
}

/** Serves /metrics, /healthz and /readyz. @returns the server and its port */
export async function serve(
  port: number,
  { metrics, isHealthy, isReady }: Served,
): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer((request, answer) => {
    if (request.url === "/metrics") {
      answer.writeHead(200, { "content-type": "text/plain; version=0.0.4; charset=utf-8" }).end(metrics());
    } else if (request.url === "/healthz") {
      answer.writeHead(isHealthy() ? 200 : 503).end(isHealthy() ? "ok\n" : "nothing was listed for too long\n");
    } else if (request.url === "/readyz") {
      answer.writeHead(isReady() ? 200 : 503).end(isReady() ? "ok\n" : "not everything has been listed yet\n");
    } else {
      answer.writeHead(404).end();
    }
  });
  server.listen(port);
  await once(server, "listening");
  return { server, port: (server.address() as AddressInfo).port };
}
