import { ApiException } from "@kubernetes/client-node";

export const FORBIDDEN = 403;
export const NOT_FOUND = 404;
export const CONFLICT = 409;

/** The HTTP status of an API server's refusal; undefined for any other error. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof ApiException ? error.code : undefined;
}

/** The API server's reason for a refusal; undefined where it gives none, or for any other error. */
export function refusalOf(error: unknown): string | undefined {
  return said(error, "message");
}

/** Whether an object of that name already exists. */
export function isTaken(error: unknown): boolean {
  return statusOf(error) === CONFLICT && said(error, "reason") === "AlreadyExists";
}

/**
 * Whether a creation failed because others changed the quota at that moment: nothing was created, and another try may
 * succeed.
 */
export function isQuotaContended(error: unknown): boolean {
  return statusOf(error) === CONFLICT && (refusalOf(error) ?? "").includes("resourcequotas");
}

function said(error: unknown, field: "message" | "reason"): string | undefined {
  const body: unknown = error instanceof ApiException ? error.body : undefined;
  const status = typeof body === "string" ? parsed(body) : body;
  const value: unknown = typeof status === "object" && status !== null ? Reflect.get(status, field) : undefined;
  return typeof value === "string" ? value : undefined;
}

/** The answer to a request; undefined where it is refused with a status. @param refused @default - there is no such thing */
export async function ifAny<Result>(request: Promise<Result>, refused = NOT_FOUND): Promise<Result | undefined> {
  try {
    return await request;
  } catch (error) {
    if (statusOf(error) === refused) {
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
