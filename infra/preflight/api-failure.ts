import { refusalOf, statusOf } from "../../api/api-error.ts";

/** Why a request failed, without the content of the request. */
export interface ApiFailure {
  /** HTTP status. @default - there was no answer */
  readonly status?: number;
  /** Code of the network or of TLS, such as `ECONNREFUSED`. */
  readonly code?: string;
  readonly reason: string;
}

/** Reads an error of the client. @throws the error itself where it is not one of a request */
export function apiFailure(error: unknown): ApiFailure {
  const status = statusOf(error);
  if (status !== undefined) {
    return { status, reason: refusalOf(error) ?? `HTTP ${status}` };
  }
  const inner = innermost(error);
  if (inner instanceof Error) {
    const code = "code" in inner && typeof inner.code === "string" ? inner.code : undefined;
    if (code !== undefined || inner.name === "AbortError" || inner.name === "TimeoutError") {
      return { reason: inner.message, ...(code === undefined ? {} : { code }) };
    }
  }
  throw error;
}

/** The cause of an error: a proxy's refusal is only in the cause of the client's second error. */
function innermost(error: unknown): unknown {
  return error instanceof Error && error.cause instanceof Error ? innermost(error.cause) : error;
}
