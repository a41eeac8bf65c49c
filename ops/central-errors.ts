import { ApiException } from "@kubernetes/client-node";
import { CONFLICT, FORBIDDEN, isQuotaContended, NOT_FOUND, refusalOf, statusOf } from "../api/api-error.ts";
import { ExitCode, OpsError } from "./exit-code.ts";
import { CredentialError, NotAnApiServer } from "./request-errors.ts";

const TOO_MANY_REQUESTS = 429;

/**
 * Runs one request; whatever goes wrong is explained in the operator's words.
 * @param what What was asked for, as in "patch workflow night-1 in customer-nordbank".
 * @throws OpsError refused, notFound, notPossible, unreachable or usage
 */
export async function explained<Result>(what: string, request: () => Promise<Result>): Promise<Result> {
  try {
    return await request();
  } catch (error) {
    throw translated(what, error);
  }
}

/** Why a request failed, where that is neither a refusal nor a defect. */
export interface Trouble {
  /** In the operator's words. */
  readonly reason: string;
  /** Whether another try may succeed. */
  readonly transient: boolean;
  /** Whether nothing was answered within the time limit. @default false */
  readonly silent?: boolean;
  /** How long the server asks to wait. @default 0 */
  readonly waitMilliseconds?: number;
}

/** Network errors after which another try may succeed. */
const BROKEN: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "EAI_AGAIN",
  "ENETUNREACH",
  "EHOSTUNREACH",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "UND_ERR_SOCKET",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT",
]);

/** What Node says of ports that it sends nothing to: 1, 25, 6000, 6667 and others. */
const FORBIDDEN_PORT = "bad port";

const LONGEST_WAIT_MILLISECONDS = 10_000;

/** The trouble behind an error; undefined for a refusal, a defect, and what a person must fix. */
export function troubleOf(error: unknown): Trouble | undefined {
  if (error instanceof CredentialError || error instanceof NotAnApiServer) {
    return undefined;
  }
  const status = statusOf(error);
  if (status !== undefined) {
    const busy = status === TOO_MANY_REQUESTS || isQuotaContended(error);
    return busy || status >= 500
      ? {
          reason: `the API server answered ${status}: ${apiMessage(error)}`,
          transient: true,
          waitMilliseconds: retryAfter(error),
        }
      : undefined;
  }
  if (isTimeout(error)) {
    const reason = "the API server did not answer in time";
    return { reason, transient: true, silent: true };
  }
  const code = codeOf(error);
  if (code === undefined && !isNetworkError(error)) {
    return undefined;
  }
  const reason = reasonOf(error);
  if (reason === FORBIDDEN_PORT) {
    const said =
      "the port of `server` in your kubeconfig is one that no client of the web goes to, so nothing was sent";
    return { reason: said, transient: false };
  }
  return {
    reason: `the API server cannot be reached (${reason})`,
    transient: code === undefined || BROKEN.has(code),
  };
}

function translated(what: string, error: unknown): unknown {
  if (error instanceof CredentialError) {
    return new OpsError(
      ExitCode.usage,
      `the credential of user ${JSON.stringify(error.user)} in your kubeconfig cannot be obtained: ${error.message}`,
      "kubectl fails in the same way: correct the file or the command that the kubeconfig names, or log in again",
    );
  }
  if (error instanceof NotAnApiServer) {
    return new OpsError(
      ExitCode.unreachable,
      `${what}: this is not a Kubernetes API server: ${error.server} answered ${error.status} with a web page`,
      "a login page or a proxy is in between: log in, or correct `server` in your kubeconfig",
    );
  }
  const trouble = troubleOf(error);
  if (trouble !== undefined) {
    return new OpsError(
      ExitCode.unreachable,
      `${what}: ${trouble.reason}`,
      "check the network and the server in your kubeconfig, then repeat; nothing is lost by repeating",
    );
  }
  const status = statusOf(error);
  const said = status === undefined ? undefined : apiMessage(error);
  switch (status) {
    case undefined:
      return error;
    case 401:
      return new OpsError(
        ExitCode.refused,
        `${what}: the API server does not know you (401)`,
        "log in again; the credential in your kubeconfig is missing or has expired",
      );
    case FORBIDDEN:
    case 422:
      return new OpsError(ExitCode.refused, `${what}: refused: ${said}`, fixOf(said ?? ""));
    case NOT_FOUND:
      return new OpsError(ExitCode.notFound, `${what}: not found: ${said}`);
    case CONFLICT:
      return new OpsError(ExitCode.notPossible, `${what}: ${said}`, "look again with `nightlane show`, then repeat");
    default:
      return new OpsError(ExitCode.unreachable, `${what}: the API server answered ${status}: ${said}`);
  }
}

/** What to do about a refusal that is neither a missing right nor a policy. */
function fixOf(said: string): string | undefined {
  return said.includes("status unknown for quota")
    ? "the lane is new and Kubernetes has not counted its quota yet: repeat; it is counted within five minutes"
    : undefined;
}

function apiMessage(error: unknown): string {
  const body: unknown = error instanceof ApiException ? error.body : undefined;
  // A load balancer answers with a page, which tells a person nothing.
  const text = typeof body === "string" && body !== "" && !body.trimStart().startsWith("<") ? body : undefined;
  return refusalOf(error) ?? text ?? "without a reason";
}

/** The wait that `Retry-After` asks for, capped at what a person puts up with. */
function retryAfter(error: unknown): number {
  const headers: unknown = error instanceof ApiException ? error.headers : undefined;
  const value =
    typeof headers === "object" && headers !== null && "retry-after" in headers ? headers["retry-after"] : 0;
  const milliseconds = Number(value) * 1000;
  return Number.isNaN(milliseconds) ? 0 : Math.min(milliseconds, LONGEST_WAIT_MILLISECONDS);
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && (error.name === "TimeoutError" || isTimeout(error.cause));
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

/** A system's code, or the innermost message: the outer errors only say that the request failed. */
function reasonOf(error: unknown): string {
  if (error instanceof Error && codeOf(error) === undefined && error.cause !== undefined) {
    return reasonOf(error.cause);
  }
  return codeOf(error) ?? (error instanceof Error ? error.message : String(error));
}
