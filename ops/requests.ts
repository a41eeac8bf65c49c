import { setTimeout as delay } from "node:timers/promises";
import type { createConfiguration, KubeConfig, Middleware } from "@kubernetes/client-node";
import pLimit from "p-limit";
import { apiClient } from "../api/api-client.ts";
import { ifAny } from "../api/api-error.ts";
import { explained, troubleOf } from "./central-errors.ts";
import { CredentialError, NotAnApiServer } from "./request-errors.ts";

/** How requests to the central cluster are made. */
export interface RequestOptions {
  /** Seconds after which a request without an answer is given up. @default 15 */
  readonly timeoutSeconds?: number;
  /** How many requests run at once. @default 8 */
  readonly atOnce?: number;
  /** Called when a request is tried again. @default - nothing is */
  readonly note?: (text: string) => void;
}

const DEFAULT_TIMEOUT_SECONDS = 15;
const DEFAULT_AT_ONCE = 8;

/** Pauses before further tries, milliseconds. */
const PAUSES: readonly number[] = [500, 1000, 2000];

/** A request that timed out has already waited: it is tried only once more. */
const PAUSES_AFTER_SILENCE: readonly number[] = [500];

/**
 * Makes the requests of one command: a few at once, each with a time limit, and again where another try may succeed.
 */
export class Requests {
  private readonly limit: <Result>(request: () => Promise<Result>) => Promise<Result>;
  private readonly note: (text: string) => void;
  private readonly timeoutMilliseconds: number;

  constructor(options: RequestOptions = {}) {
    const limit = pLimit(options.atOnce ?? DEFAULT_AT_ONCE);
    this.limit = (request) => limit(request);
    this.note = options.note ?? (() => {});
    this.timeoutMilliseconds = (options.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS) * 1000;
  }

  /**
   * A client of the API server that a kubeconfig names.
   * @param api Class of the client, as `CoreV1Api`. @param more Further middleware.
   */
  client<Api>(
    config: KubeConfig,
    api: new (configuration: ReturnType<typeof createConfiguration>) => Api,
    ...more: readonly Middleware[]
  ): Api {
    return apiClient(config, api, {
      timeoutMilliseconds: this.timeoutMilliseconds,
      middleware: [apiServersOnly(config.getCurrentCluster()?.server ?? ""), ...more],
      credentialError: (cause) => new CredentialError(config.getCurrentUser()?.name ?? "", cause),
    });
  }

  /**
   * Makes a request that is safe to repeat, and repeats it whatever became of the last try.
   * @param what What was asked for, as in "list the nights of customer-nordbank".
   * @throws OpsError refused, notFound, notPossible, unreachable or usage
   */
  async repeatable<Result>(what: string, request: () => Promise<Result>): Promise<Result> {
    return explained(what, () => this.tries(what, request));
  }

  private async tries<Result>(what: string, request: () => Promise<Result>): Promise<Result> {
    for (let tried = 0; ; tried += 1) {
      try {
        return await this.limit(request);
      } catch (error) {
        const trouble = troubleOf(error);
        const pause = (trouble?.silent === true ? PAUSES_AFTER_SILENCE : PAUSES)[tried];
        if (trouble?.transient !== true || pause === undefined) {
          throw error;
        }
        this.note(`${what}: ${trouble.reason}; trying again`);
        await delay(Math.max(pause, trouble.waitMilliseconds ?? 0));
      }
    }
  }
}

/** A login page or a proxy's greeting is not an API server's answer, whatever its status. */
function apiServersOnly(server: string): Middleware {
  return {
    pre: async (request) => request,
    post: async (response) => {
      const type = response.headers["content-type"] ?? "";
      if (response.httpStatusCode < 500 && type.startsWith("text/html")) {
        throw new NotAnApiServer(server, response.httpStatusCode);
      }
      return response;
    },
  };
}

/** Asks for one object; undefined if it does not exist. */
export async function orUndefined<Result>(
  requests: Requests,
  what: string,
  request: () => Promise<Result>,
): Promise<Result | undefined> {
  return requests.repeatable(what, () => ifAny(request()));
}
