import { setTimeout as delay } from "node:timers/promises";
import {
  createConfiguration,
  type KubeConfig,
  type Middleware,
  type RequestContext,
  type ResponseContext,
  ServerConfiguration,
  setHeaderOptions,
} from "@kubernetes/client-node";
import pLimit from "p-limit";
import { NOT_FOUND, statusOf, type Trouble, told, troubleOf } from "./central-errors.ts";
import { CredentialError, NotAnApiServer } from "./request-errors.ts";

/** Asks for names, labels and annotations only: nights and their records are large, and there are many. */
export const HEADS = setHeaderOptions("Accept", "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1");

/** How requests to the central cluster are made. */
export interface RequestOptions {
  /** Seconds after which a request without an answer is given up. @default 15 */
  readonly timeoutSeconds?: number;
  /** How many requests run at once. @default 8 */
  readonly atOnce?: number;
  /** Told when a request is tried again. @default - nobody is */
  readonly note?: (text: string) => void;
}

const DEFAULT_TIMEOUT_SECONDS = 15;
const DEFAULT_AT_ONCE = 8;

/** Pauses before further tries, milliseconds. */
const PAUSES: readonly number[] = [500, 1000, 2000];

/** A request that was not answered in time has had its patience already: it is tried once more. */
const PAUSES_AFTER_SILENCE: readonly number[] = [500];

/**
 * Makes the requests of one command: a few at once, each with a time limit, and again where the answer says that the
 * next one may be better.
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
   * @param api Class of the client, as `CoreV1Api`. @param more What is done to each of its requests besides.
   */
  client<Api>(
    config: KubeConfig,
    api: new (configuration: ReturnType<typeof createConfiguration>) => Api,
    ...more: readonly Middleware[]
  ): Api {
    const server = config.getCurrentCluster()?.server ?? "";
    return new api(
      createConfiguration({
        baseServer: new ServerConfiguration(server, {}),
        authMethods: { default: credentialsOf(config) },
        promiseMiddleware: [this.timeLimit(), apiServersOnly(server), ...more],
      }),
    );
  }

  /**
   * Makes a request that changes nothing, or that may be made twice: it is tried again whatever became of it.
   * @param what What was asked for, as in "list the nights of customer-nordbank".
   * @throws OpsError refused, notFound, notPossible, unreachable or usage
   */
  async repeatable<Result>(what: string, request: () => Promise<Result>): Promise<Result> {
    return told(what, () => this.tries(what, request, ({ transient }) => transient));
  }

  /** Makes a request that must not be made twice: it is tried again only where it surely had no effect. */
  async once<Result>(what: string, request: () => Promise<Result>): Promise<Result> {
    return told(what, () => this.tries(what, request, ({ transient, harmless }) => transient && harmless));
  }

  private async tries<Result>(
    what: string,
    request: () => Promise<Result>,
    again: (trouble: Trouble) => boolean,
  ): Promise<Result> {
    for (let tried = 0; ; tried += 1) {
      try {
        return await this.limit(request);
      } catch (error) {
        const trouble = troubleOf(error);
        const pause = (trouble?.silent === true ? PAUSES_AFTER_SILENCE : PAUSES)[tried];
        if (trouble === undefined || pause === undefined || !again(trouble)) {
          throw error;
        }
        this.note(`${what}: ${trouble.reason}; it is tried again`);
        await delay(Math.max(pause, trouble.waitMilliseconds));
      }
    }
  }

  private timeLimit(): Middleware {
    return {
      pre: async (request: RequestContext) => {
        request.setSignal(AbortSignal.timeout(this.timeoutMilliseconds));
        return request;
      },
      post: async (response: ResponseContext) => response,
    };
  }
}

/** How long connections are kept: a credential that was renewed in between is used after that. */
const CONNECTIONS_MILLISECONDS = 60_000;

/**
 * Credentials of a kubeconfig. What fails before a request is sent is the kubeconfig's, not the network's. The client
 * library would make a new connection for each request: here they are used again.
 */
function credentialsOf(config: KubeConfig) {
  let kept: { readonly connections: ReturnType<RequestContext["getDispatcher"]>; readonly since: number } | undefined;
  return {
    getName: () => "kubeconfig",
    applySecurityAuthentication: async (request: RequestContext): Promise<void> => {
      try {
        await config.applySecurityAuthentication(request);
      } catch (error) {
        throw new CredentialError(config.getCurrentUser()?.name ?? "", error);
      }
      const now = Date.now();
      if (kept === undefined || now - kept.since > CONNECTIONS_MILLISECONDS) {
        kept = { connections: request.getDispatcher(), since: now };
      }
      if (kept.connections !== undefined) {
        request.setDispatcher(kept.connections);
      }
    },
  };
}

/** A login page or a proxy's greeting is no answer of an API server, whatever its status says. */
function apiServersOnly(server: string): Middleware {
  return {
    pre: async (request: RequestContext) => request,
    post: async (response: ResponseContext) => {
      const type = response.headers["content-type"] ?? "";
      if (response.httpStatusCode < 500 && type.startsWith("text/html")) {
        throw new NotAnApiServer(server, response.httpStatusCode);
      }
      return response;
    },
  };
}

/** Asks for one thing; undefined where it is not there. */
export async function orUndefined<Result>(
  requests: Requests,
  what: string,
  request: () => Promise<Result>,
): Promise<Result | undefined> {
  return requests.repeatable(what, async () => {
    try {
      return await request();
    } catch (error) {
      if (statusOf(error) === NOT_FOUND) {
        return undefined;
      }
      throw error;
    }
  });
}
