import { ApiException } from "@kubernetes/client-node";

/** Why a request got no good answer, without what the request carried. */
export interface ApiFailure {
  /** HTTP status. @default - there was no answer */
  readonly status?: number;
  /** Code of the network or of TLS, such as `ECONNREFUSED`. */
  readonly code?: string;
  readonly reason: string;
}

/** Reads an error of the client. @throws the error itself where it is none of a request */
export function apiFailure(error: unknown): ApiFailure {
  if (error instanceof ApiException) {
    return { status: error.code, reason: answered(error.body) ?? `HTTP ${error.code}` };
  }
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (inner instanceof Error) {
    const code = "code" in inner && typeof inner.code === "string" ? inner.code : undefined;
    if (code !== undefined || inner.name === "AbortError" || inner.name === "TimeoutError") {
      return { reason: inner.message, ...(code === undefined ? {} : { code }) };
    }
  }
  throw error;
}

/** What the API server says in its answer: a Status object, as text or read already. */
function answered(body: unknown): string | undefined {
  const status: unknown = typeof body === "string" ? parsed(body) : body;
  const message = typeof status === "object" && status !== null && "message" in status ? status.message : undefined;
  return typeof message === "string" ? message : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
