import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { tokenIn, tokenPlace } from "./registry-token.ts";
import { isTrusted } from "./source.ts";

/** Why a file could not be had, as the end of a sentence that begins with its address. */
export class DownloadProblem extends Error {
  override readonly name = "DownloadProblem";
}

/** A server that sends no byte for so long is given up. */
const SILENCE_MS = 30_000;

/** How often a file is requested if the server is busy or the connection breaks. */
const TRIES = 3;

/** What a connection says that broke after it was made. */
const BROKEN: ReadonlySet<string> = new Set(["ECONNRESET", "EPIPE", "UND_ERR_SOCKET"]);

/** Servers that could not be reached: none of them is waited for a second time. */
const unreachable = new Map<string, string>();

/** Downloads a file and returns its SHA-256. @throws DownloadProblem */
export async function downloadFile(address: string, target: string): Promise<string> {
  return trying(address, async (response, signOfLife) => {
    const hash = createHash("sha256");
    const body = Readable.fromWeb(response.body as ReadableStream<Uint8Array>);
    body.on("data", (chunk: Buffer) => {
      signOfLife();
      hash.update(chunk);
    });
    await pipeline(body, createWriteStream(target));
    return hash.digest("hex");
  });
}

/**
 * Downloads a short text.
 *
 * @param accept - content types, where the server has more than one. @default any
 * @throws DownloadProblem
 */
export async function downloadText(address: string, accept?: string): Promise<string> {
  const read = async (response: Response): Promise<string> => {
    const text = await response.text();
    if (text.length > 1_000_000) {
      throw new DownloadProblem("is not a list of checksums: it has over a million characters");
    }
    return text;
  };
  return trying(address, read, accept === undefined ? {} : { accept });
}

type Read<T> = (response: Response, signOfLife: () => void) => Promise<T>;

type Headers = Readonly<Record<string, string>>;

async function trying<T>(address: string, read: Read<T>, headers: Headers = {}): Promise<T> {
  const { host } = new URL(address);
  for (let attempt = 1; ; attempt += 1) {
    const before = unreachable.get(host);
    if (before !== undefined) {
      throw new DownloadProblem(before);
    }
    try {
      return await once(address, read, headers);
    } catch (error) {
      const problem = error instanceof Passing ? error : undefined;
      if (problem === undefined) {
        throw error;
      }
      if (attempt === TRIES) {
        throw new DownloadProblem(problem.message);
      }
    }
  }
}

/** Failures that may not recur. */
class Passing extends Error {}

async function once<T>(address: string, read: Read<T>, headers: Headers): Promise<T> {
  const abort = new AbortController();
  let timer = setTimeout(() => abort.abort(), SILENCE_MS);
  const signOfLife = () => {
    clearTimeout(timer);
    timer = setTimeout(() => abort.abort(), SILENCE_MS);
  };
  try {
    const response = await ask(address, headers, abort.signal);
    signOfLife();
    return await read(response, signOfLife);
  } catch (error) {
    if (error instanceof DownloadProblem || error instanceof Passing) {
      throw error;
    }
    if (abort.signal.aborted) {
      throw new Passing(`sent nothing for ${SILENCE_MS / 1000} s`);
    }
    if (error instanceof TypeError) {
      throw new Passing("broke off");
    }
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function ask(address: string, headers: Headers, signal: AbortSignal): Promise<Response> {
  let response = await request(address, headers, signal);
  const place = response.status === 401 ? tokenPlace(response.headers.get("www-authenticate")) : undefined;
  if (place !== undefined) {
    const token = tokenIn(await (await request(place, {}, signal)).text());
    response = await request(address, { ...headers, authorization: `Bearer ${token}` }, signal);
  }
  if (response.status >= 500 || response.status === 429) {
    throw new Passing(`is answered with ${response.status}`);
  }
  if (!response.ok || response.body === null) {
    throw new DownloadProblem(response.status === 404 ? "is not there (404)" : `is answered with ${response.status}`);
  }
  return response;
}

async function request(address: string, headers: Headers, signal: AbortSignal): Promise<Response> {
  const response = await fetch(address, { signal, headers, redirect: "follow" }).catch((error: unknown) => {
    if (signal.aborted) {
      throw error;
    }
    if (BROKEN.has(reasonOf(error))) {
      throw new Passing("broke off");
    }
    const reason = `cannot be reached (${reasonOf(error)})`;
    unreachable.set(new URL(address).host, reason);
    throw new DownloadProblem(reason);
  });
  if (!isTrusted(new URL(response.url))) {
    throw new DownloadProblem(`leads to ${new URL(response.url).host} without https`);
  }
  return response;
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && "code" in cause ? `${cause.code}` : "no connection";
}
