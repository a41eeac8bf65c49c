import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import pLimit from "p-limit";
import { PASS_HEADER, STANDBY_HEADER } from "../../runs/page-pass.ts";
import type { Answers } from "./answers.ts";
import { type PageAssets, type PageDocument, pageDocument } from "./document.ts";
import { exportPage } from "./export.ts";
import type { PageFeed } from "./page-feed.ts";
import type { Viewer } from "./viewer.ts";

/** What the page is made of. */
export interface PageParts {
  readonly assets: PageAssets;
  readonly feed: PageFeed;
  /** Whether this nightwatch leads: one on standby has seen nothing. */
  readonly leads: () => boolean;
  /** What the bearer of the passes may see; undefined if they open nothing. */
  readonly viewer: (passes: readonly string[]) => Promise<Viewer | undefined>;
  readonly answers: Answers;
  readonly failed: (error: unknown) => void;
}

/** A stream ends after this long and the page reconnects, so that withdrawn rights take effect. */
const STREAM_MILLISECONDS = 10 * 60_000;

/** Most streams at once: each costs memory, and an operator needs one. */
const MOST_STREAMS = 200;

/** Most bytes that may wait for a slow reader. */
const MOST_WAITING_BYTES = 4 * 1024 * 1024;

/** More passes are refused: leaving some out would hide their customers. */
const MOST_PASSES = 50;

/** Room for that many passes, each a token of about a kilobyte. */
const MOST_HEADER_BYTES = 128 * 1024;

/** Most answers at a time that read a customer's records: each holds them in memory. */
const READ_AT_ONCE = 2;

const COMMON = {
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
};

/** Serves the page to bearers of a pass. No request changes anything. */
export class PageServer {
  private readonly streams = new Set<ServerResponse>();
  private readonly document: PageDocument;
  private readonly reading = pLimit(READ_AT_ONCE);

  private constructor(
    private readonly parts: PageParts,
    private readonly server: Server,
  ) {
    this.document = pageDocument(parts.assets);
  }

  static async start(port: number, parts: PageParts): Promise<PageServer> {
    const server = createServer({ maxHeaderSize: MOST_HEADER_BYTES }, (request, answer) => {
      void page.respond(request, answer).catch((error: unknown) => {
        // A request must never end the process that watches.
        parts.failed(error);
        if (!answer.headersSent) {
          answer.writeHead(500, COMMON);
        }
        answer.end();
      });
    });
    const page = new PageServer(parts, server);
    server.listen(port);
    await once(server, "listening");
    return page;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  stop(): void {
    this.server.close();
    for (const stream of this.streams) {
      stream.end();
    }
  }

  private async respond(request: IncomingMessage, answer: ServerResponse): Promise<void> {
    if (request.method !== "GET") {
      return refuse(answer, 405, "the page only shows; acts are asked for with the nightlane command");
    }
    if (!this.parts.leads()) {
      answer.setHeader(STANDBY_HEADER, "true");
      return refuse(answer, 503, "this nightwatch stands by: another one leads");
    }
    const passes = passesOf(request);
    if (passes.length > MOST_PASSES) {
      return refuse(answer, 400, `${passes.length} passes, at most ${MOST_PASSES}: name fewer customers`);
    }
    const viewer = await this.parts.viewer(passes);
    if (viewer === undefined) {
      return refuse(answer, 401, "no valid pass: nightlane ui brings one");
    }
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://page");
    if (pathname === "/") {
      sendDocument(request, answer, this.document);
    } else if (pathname === "/export") {
      const { assets, feed, answers } = this.parts;
      sendDocument(request, answer, await this.reading(() => exportPage(assets, feed, answers, viewer.sees)));
    } else if (pathname === "/events") {
      this.stream(answer, viewer);
    } else {
      await this.answer(request, answer, viewer, pathname, searchParams);
    }
  }

  private async answer(
    request: IncomingMessage,
    answer: ServerResponse,
    viewer: Viewer,
    path: string,
    query: URLSearchParams,
  ): Promise<void> {
    const make = Object.hasOwn(this.parts.answers, path) ? this.parts.answers[path] : undefined;
    const customer = query.get("customer") ?? "";
    // The answer does not reveal whether a customer exists whom the viewer may not see.
    const said =
      make === undefined || !viewer.sees(customer) ? undefined : await this.reading(() => make(customer, query));
    if (said === undefined) {
      return refuse(answer, 404, "nothing is known of it");
    }
    send(request, answer, JSON.stringify(said), { "content-type": "application/json" });
  }

  private stream(answer: ServerResponse, { sees }: Viewer): void {
    if (this.streams.size >= MOST_STREAMS) {
      refuse(answer, 503, `${MOST_STREAMS} pages are open already`);
      return;
    }
    answer.writeHead(200, { ...COMMON, "content-type": "text/event-stream", "x-accel-buffering": "no" });
    const event = (name: string, data: object): void => {
      // A viewer who does not read is dropped: what waits for them is kept in memory.
      if (answer.writableLength > MOST_WAITING_BYTES) {
        answer.destroy();
      } else {
        answer.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
      }
    };
    this.streams.add(answer);
    event("nights", this.parts.feed.nights(sees));
    const unsubscribe = this.parts.feed.subscribe(sees, (change) => event("change", change));
    const limit = setTimeout(() => answer.end(), STREAM_MILLISECONDS);
    answer.once("close", () => {
      clearTimeout(limit);
      unsubscribe();
      this.streams.delete(answer);
    });
  }
}

function passesOf({ headers }: IncomingMessage): readonly string[] {
  const value = headers[PASS_HEADER];
  return (typeof value === "string" ? value.split(",") : []).filter((pass) => pass !== "");
}

function refuse(answer: ServerResponse, status: number, why: string): void {
  answer.writeHead(status, { ...COMMON, "content-type": "text/plain; charset=utf-8" }).end(`${why}\n`);
}

/** The API server would rewrite HTML on the way. */
function sendDocument(request: IncomingMessage, answer: ServerResponse, { html, policy }: PageDocument): void {
  send(request, answer, html, { "content-type": "text/plain; charset=utf-8", "content-security-policy": policy });
}

function send(
  { headers }: IncomingMessage,
  answer: ServerResponse,
  text: string,
  type: Readonly<Record<string, string>>,
): void {
  const zips = headers["accept-encoding"]?.includes("gzip") === true;
  answer.writeHead(200, { ...COMMON, ...type, ...(zips ? { "content-encoding": "gzip" } : {}) });
  answer.end(zips ? gzipSync(text) : text);
}
