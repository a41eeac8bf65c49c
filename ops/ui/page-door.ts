import { randomBytes, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { type PageUpstream, reasonOf } from "./page-upstream.ts";

/** Paths of the page that are passed on, each with the content type that the browser gets. */
const PATHS: Readonly<Record<string, string>> = {
  "/": "text/html; charset=utf-8",
  "/events": "text/event-stream",
  "/run": "application/json",
  "/history": "application/json",
};

/**
 * Content security policy added to the page's own, the stricter of which holds: nothing is loaded from elsewhere and
 * nothing is sent elsewhere, whoever wrote the page.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'unsafe-inline'",
  "style-src 'unsafe-inline'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const LOOPBACK = "127.0.0.1";

/**
 * Serves the page on this machine, to the browser of the person who started it. Requests go to nightwatch with the
 * operator's kubeconfig, which the browser never sees; they only read. Each request carries a key in a header, which other
 * users of this machine and other sites in the same browser do not have.
 */
export class PageDoor {
  private readonly key = randomBytes(24).toString("base64url");

  private constructor(
    private readonly upstream: Pick<PageUpstream, "get">,
    private readonly note: (text: string) => void,
    private readonly server: Server,
  ) {}

  /** @param port 0 for a free one. */
  static async open(
    upstream: Pick<PageUpstream, "get">,
    port: number,
    note: (text: string) => void,
  ): Promise<PageDoor> {
    const server = createServer((request, answer) => {
      void door.respond(request, answer).catch((error: unknown) => {
        const why = error instanceof Error ? error.message : String(error);
        note(`page: ${why}`);
        if (answer.headersSent) {
          answer.destroy();
        } else {
          refuse(answer, 502, why);
        }
      });
    });
    const door = new PageDoor(upstream, note, server);
    server.listen(port, LOOPBACK);
    await once(server, "listening");
    return door;
  }

  /** The address to open, with the key behind #, which is never sent. */
  get address(): string {
    return `http://${this.host}/#key=${this.key}`;
  }

  async close(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
  }

  private get host(): string {
    return `${LOOPBACK}:${(this.server.address() as AddressInfo).port}`;
  }

  private async respond(request: IncomingMessage, answer: ServerResponse): Promise<void> {
    const { pathname, search } = new URL(request.url ?? "/", "http://page");
    const type = Object.hasOwn(PATHS, pathname) ? PATHS[pathname] : undefined;
    // A request under another host name comes from another site.
    if (request.headers.host !== this.host) {
      return refuse(answer, 421, "this is not the address that nightlane ui has printed");
    }
    if (request.method !== "GET" || type === undefined) {
      return refuse(answer, 404, "the page only shows");
    }
    // The document itself says nothing about customers; everything that does requires the key.
    if (pathname !== "/" && !this.hasKey(request)) {
      return refuse(answer, 401, "open the address that nightlane ui has printed, with all that stands behind #");
    }
    const ended = new AbortController();
    answer.once("close", () => ended.abort());
    const found = await this.upstream.get(pathname + search, ended.signal);
    if (found.statusCode !== 200) {
      return this.passOnRefusal(found, answer);
    }
    const own = found.headers["content-security-policy"];
    answer.setHeader("content-security-policy", [POLICY, typeof own === "string" ? own : "default-src 'none'"]);
    answer.writeHead(200, {
      "content-type": type,
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
    });
    answer.flushHeaders();
    found.once("error", () => answer.destroy());
    found.pipe(answer);
  }

  private async passOnRefusal(found: IncomingMessage, answer: ServerResponse): Promise<void> {
    const why = reasonOf(await text(found));
    this.note(`page: nightwatch or the API server answered ${found.statusCode}: ${why}`);
    refuse(answer, found.statusCode ?? 502, why);
  }

  private hasKey({ headers }: IncomingMessage): boolean {
    const given = Buffer.from(headers.authorization ?? "");
    const right = Buffer.from(`Bearer ${this.key}`);
    return given.length === right.length && timingSafeEqual(given, right);
  }
}

function refuse(answer: ServerResponse, status: number, why: string): void {
  answer
    .writeHead(status, { "content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff" })
    .end(`${why}\n`);
}
