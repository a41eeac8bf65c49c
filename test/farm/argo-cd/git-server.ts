import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { CertificateFiles } from "../pki.ts";
import { plainEnvironment } from "../run.ts";

/** Serves the bare repositories below a folder over https, read only, by git's own server program. */
export class GitServer {
  private constructor(private readonly server: Server) {}

  /** Listens on port 443 of an address of this machine. */
  static async start(root: string, address: string, certificate: CertificateFiles): Promise<GitServer> {
    const server = createServer(
      { cert: readFileSync(certificate.certificate), key: readFileSync(certificate.key) },
      (request, response) => serve(root, request, response),
    );
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject).listen(443, address, resolve);
    });
    return new GitServer(server);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => void this.server.close(() => resolve()));
  }
}

/** One request through `git http-backend`, which speaks CGI. */
function serve(root: string, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? "/", "https://git");
  const backend = spawn("git", ["http-backend"], {
    env: {
      ...plainEnvironment,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: "1",
      PATH_INFO: url.pathname,
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method ?? "GET",
      CONTENT_TYPE: request.headers["content-type"] ?? "",
      HTTP_CONTENT_ENCODING: request.headers["content-encoding"] ?? "",
      GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
    },
    stdio: ["pipe", "pipe", "inherit"],
  });
  // A client that leaves early, or a program that has read enough, is not an error.
  backend.stdin.on("error", () => {});
  request.pipe(backend.stdin);
  const chunks: Buffer[] = [];
  backend.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  backend.once("close", () => answer(Buffer.concat(chunks), response));
}

function answer(output: Buffer, response: ServerResponse): void {
  const end = output.indexOf("\r\n\r\n");
  const headers = output.subarray(0, Math.max(end, 0)).toString().split("\r\n");
  let status = end < 0 ? 500 : 200;
  for (const header of headers) {
    const [name = "", value = ""] = header.split(/:\s*/, 2);
    if (name.toLowerCase() === "status") {
      status = Number.parseInt(value, 10);
    } else if (name !== "") {
      response.setHeader(name, value);
    }
  }
  response.writeHead(status).end(end < 0 ? undefined : output.subarray(end + 4));
}
