import { ApiException } from "@kubernetes/client-node";

export const FORBIDDEN = 403;
export const NOT_FOUND = 404;
export const CONFLICT = 409;

/** The HTTP status of an API server's refusal; undefined for any other error. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof ApiException ? error.code : undefined;
}

/** What the API server says of its refusal; undefined where it gives no reason, or the error is another. */
export function refusalOf(error: unknown): string | undefined {
  const body: unknown = error instanceof ApiException ? error.body : undefined;
  const status = typeof body === "string" ? parsed(body) : body;
  const message = typeof status === "object" && status !== null && "message" in status ? status.message : undefined;
  return typeof message === "string" ? message : undefined;
}

/** The answer to a request; undefined where what it asks for does not exist. */
export async function ifAny<Result>(request: Promise<Result>): Promise<Result | undefined> {
  try {
    return await request;
  } catch (error) {
    if (statusOf(error) === NOT_FOUND) {
      return undefined;
    }
    throw error;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
