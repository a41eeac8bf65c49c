import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { type IncomingMessage, request as plainRequest } from "node:http";
import { request as tlsRequest } from "node:https";
import { join } from "node:path";
import { rootCertificates } from "node:tls";

/** How long a receiver may take to answer. */
const ANSWER_MILLISECONDS = 10_000;

/**
 * Sends JSON. Authority (`ca.crt`), client certificate (`tls.crt`, `tls.key`) and the value of the Authorization header
 * (`authorization`) are read from a folder at every send, if they exist: they may be replaced at any time.
 * Redirects are not followed.
 * @param folder Mounted Secret of the receiver; need not exist.
 * @param stop Ends the attempt early.
 * @throws Error that explains what went wrong, and never contains the address, which may hold a secret
 */
export async function post(url: string, body: string, folder: string, stop: AbortSignal): Promise<void> {
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? "")) {
    throw new Error("the address is not an http or https URL");
  }
  const [ca, cert, key, authorization] = await Promise.all(
    ["ca.crt", "tls.crt", "tls.key", "authorization"].map((name) => optionalFile(join(folder, name))),
  );
  const headers = {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    ...(authorization === undefined ? {} : { authorization }),
  };
  const signal = AbortSignal.any([stop, AbortSignal.timeout(ANSWER_MILLISECONDS)]);
  const request = url.startsWith("https:")
    ? tlsRequest(url, {
        method: "POST",
        headers,
        signal,
        agent: false,
        ...(ca === undefined ? {} : { ca: [...rootCertificates, ca] }),
        ...(cert === undefined || key === undefined ? {} : { cert, key }),
      })
    : plainRequest(url, { method: "POST", headers, signal, agent: false });
  let status: number | undefined;
  try {
    request.end(body);
    const [answer]: IncomingMessage[] = await once(request, "response");
    status = answer?.statusCode;
  } catch (error) {
    throw new Error(`it cannot be reached (${reasonOf(error)})`);
  } finally {
    // The body is of no use, and may never end.
    request.destroy();
  }
  if (status === undefined || status < 200 || status > 299) {
    throw new Error(`it answered ${status}`);
  }
}

/** The trimmed text of a file; undefined where there is none. */
export async function optionalFile(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, "utf8")).trim() || undefined;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      return undefined;
    }
    throw error;
  }
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : "no answer";
}
