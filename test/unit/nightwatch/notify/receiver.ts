import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as a receiver saw it. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** An HTTP receiver on this machine that keeps what it is sent. */
export class Receiver {
  readonly received: Received[] = [];
  /** Status of its answers; undefined: it takes the connection and answers nothing. */
  answers: number | undefined = 204;

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<Receiver> {
    const server = createServer((request, answer) => {
      let body = "";
      request.setEncoding("utf8").on("data", (text: string) => {
        body += text;
      });
      request.on("end", () => {
        receiver.received.push({ path: request.url ?? "", headers: request.headers, body });
        if (receiver.answers !== undefined) {
          answer.writeHead(receiver.answers, { location: "/elsewhere" }).end();
        }
      });
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const receiver = new Receiver(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    return receiver;
  }

  /** All bodies, as what they say. */
  get bodies(): readonly unknown[] {
    return this.received.map(({ body }) => JSON.parse(body));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }
}
