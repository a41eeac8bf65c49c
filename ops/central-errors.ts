import { ApiException } from "@kubernetes/client-node";
import { ExitCode, OpsError } from "./exit-code.ts";

/** Status codes of an API server that verbs treat on their own. */
export const NOT_FOUND = 404;
export const CONFLICT = 409;

/** The HTTP status of an API server's refusal; undefined for any other error. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof ApiException ? error.code : undefined;
}

/**
 * Runs one request; whatever goes wrong is told in the operator's words.
 * @param what What was asked for, as in "patch workflow night-1 in customer-nordbank".
 * @throws OpsError refused, notFound, notPossible or unreachable
 */
export async function told<Result>(what: string, request: () => Promise<Result>): Promise<Result> {
  try {
    return await request();
  } catch (error) {
    throw translated(what, error);
  }
}

function translated(what: string, error: unknown): unknown {
  const status = statusOf(error);
  const said = status === undefined ? undefined : apiMessage(error);
  switch (status) {
    case undefined:
      return isNetworkError(error)
        ? new OpsError(
            ExitCode.unreachable,
            `${what}: the central API server did not answer (${reasonOf(error)})`,
            "check the network and the server in your kubeconfig, then repeat; nothing is lost by repeating",
          )
        : error;
    case 401:
      return new OpsError(
        ExitCode.refused,
        `${what}: the API server does not know you (401)`,
        "log in anew; the credential in your kubeconfig is missing or has expired",
      );
    case 403:
    case 422:
      return new OpsError(ExitCode.refused, `${what}: refused: ${said}`, mendOf(said ?? ""));
    case NOT_FOUND:
      return new OpsError(ExitCode.notFound, `${what}: not found: ${said}`);
    case CONFLICT:
      return new OpsError(ExitCode.notPossible, `${what}: ${said}`, "look again with `nightlane show`, then repeat");
    default:
      return new OpsError(ExitCode.unreachable, `${what}: the API server answered ${status}: ${said}`);
  }
}

/** What to do about a refusal that is neither a missing right nor a policy. */
function mendOf(said: string): string | undefined {
  return said.includes("status unknown for quota")
    ? "the lane is new and Kubernetes has not counted its quota yet: repeat, within five minutes it is counted"
    : undefined;
}

function apiMessage(error: unknown): string {
  const body: unknown = error instanceof ApiException ? error.body : undefined;
  const parsed = typeof body === "string" ? parseJson(body) : body;
  if (typeof parsed === "object" && parsed !== null && "message" in parsed) {
    return String(parsed.message);
  }
  return typeof body === "string" && body !== "" ? body : "without a reason";
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** What the network layer throws: an error with a system's code, or one that wraps it. */
function isNetworkError(error: unknown): boolean {
  return codeOf(error) !== undefined || (error instanceof Error && /fetch failed|socket hang up/i.test(error.message));
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) {
    return undefined;
  }
  const code = "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : codeOf(error.cause);
}

function reasonOf(error: unknown): string {
  return codeOf(error) ?? (error instanceof Error ? error.message : String(error));
}
