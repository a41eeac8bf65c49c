import { readFile } from "node:fs/promises";
import { Agent, request } from "node:https";
import { parse } from "yaml";

/** An answer of an API server, whatever its status. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Who a request claims to be, if not the holder of the kubeconfig. */
export interface Identity {
  readonly user: string;
  /** @default - none */
  readonly groups?: readonly string[];
  /** What else the API server knows of it, as the pod of a token. @default - nothing */
  readonly extra?: Readonly<Record<string, string>>;
}

/** One request. */
export interface Call {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  /** @default - no body */
  readonly body?: unknown;
  /** Media type of a PATCH. @default "application/merge-patch+json" */
  readonly patch?: string;
  /** The API server does everything but store it. @default false */
  readonly dryRun?: boolean;
  /** @default - the kubeconfig's own identity */
  readonly as?: Identity;
  /** The answer is text, even if it looks like JSON. @default false */
  readonly plain?: boolean;
  /** Asks for another protocol on the connection, as exec does. @default - none */
  readonly upgrade?: string;
}

interface KubeconfigFile {
  readonly clusters: readonly [{ readonly cluster: Readonly<Record<string, string>> }];
  readonly users: readonly [{ readonly user: Readonly<Record<string, string>> }];
}

/** Seconds after which an API server that stays silent counts as unreachable. */
const ANSWER_SECONDS = 30;

/** The API server as one identity sees it; it may claim to be others, if it has the right to. */
export class Api {
  private constructor(
    readonly server: string,
    private readonly agent: Agent,
    private readonly token: string | undefined,
    private readonly identity: Identity | undefined,
  ) {}

  /**
   * The cluster and user of a kubeconfig with one context and inline data.
   * @param connections How many requests are made at once, at most.
   */
  static async fromKubeconfig(file: string, connections = 16): Promise<Api> {
    const config = parse(await readFile(file, "utf8")) as KubeconfigFile;
    const { cluster } = config.clusters[0];
    const { user } = config.users[0];
    const decode = (text: string | undefined): string | undefined =>
      text === undefined ? undefined : Buffer.from(text, "base64").toString();
    const agent = new Agent({
      ca: decode(cluster["certificate-authority-data"]),
      cert: decode(user["client-certificate-data"]),
      key: decode(user["client-key-data"]),
      keepAlive: true,
      maxSockets: connections,
    });
    return new Api(cluster.server ?? "", agent, user.token, undefined);
  }

  /** The same API server, every request made in another's name. */
  as(identity: Identity): Api {
    return new Api(this.server, this.agent, this.token, identity);
  }

  /** The same API server, every request made with a bearer token and nothing else. */
  withToken(token: string): Api {
    const { ca } = this.agent.options;
    return new Api(this.server, new Agent({ ...(ca === undefined ? {} : { ca }), keepAlive: true }), token, undefined);
  }

  /** Sends a request and returns the answer, refusals included. @throws if the server cannot be reached */
  async call(call: Call): Promise<Answer> {
    const separator = call.path.includes("?") ? "&" : "?";
    const path = call.dryRun === true ? `${call.path}${separator}dryRun=All` : call.path;
    const text = call.body === undefined ? undefined : JSON.stringify(call.body);
    return new Promise((resolve, reject) => {
      const sent = request(
        `${this.server}${path}`,
        {
          method: call.method,
          agent: this.agentFor(call),
          timeout: ANSWER_SECONDS * 1000,
          // Node does not send the length of a DELETE's body by itself, and the server then reads the body as the next
          // request.
          headers: {
            ...this.headers(call),
            ...(text === undefined ? {} : { "content-length": Buffer.byteLength(text) }),
          },
        },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on("data", (chunk: Buffer) => chunks.push(chunk));
          answer.on("error", reject);
          answer.on("end", () => {
            const content = Buffer.concat(chunks).toString();
            resolve({ status: answer.statusCode ?? 0, body: call.plain === true ? content : parseBody(content) });
          });
        },
      );
      sent.on("upgrade", (answer, socket) => {
        socket.destroy();
        resolve({ status: answer.statusCode ?? 101, body: undefined });
      });
      sent.on("timeout", () => sent.destroy(new Error(`${this.server} did not answer within ${ANSWER_SECONDS} s`)));
      sent.on("error", reject);
      sent.end(text);
    });
  }

  /** The object at a path. @throws unless the answer is 200 */
  async get<T>(path: string): Promise<T> {
    const found = await this.find<T>(path);
    if (found === undefined) {
      throw new Error(`GET ${path}: 404`);
    }
    return found;
  }

  /** The object at a path; undefined if there is none. @throws unless the answer is 200 or 404 */
  async find<T>(path: string): Promise<T | undefined> {
    const answer = await this.call({ method: "GET", path });
    if (answer.status === 404) {
      return undefined;
    }
    if (answer.status !== 200) {
      throw new Error(`GET ${path}: ${messageOf(answer)}`);
    }
    return answer.body as T;
  }

  /** Whether the API server reports that it is ready; false also if it cannot be reached. */
  async isReady(): Promise<boolean> {
    return this.call({ method: "GET", path: "/readyz", plain: true }).then(
      ({ status }) => status === 200,
      () => false,
    );
  }

  /** What a path answers in plain text, as logs do; undefined unless the answer is 200. */
  async text(path: string): Promise<string | undefined> {
    const answer = await this.call({ method: "GET", path, plain: true });
    return answer.status === 200 ? String(answer.body) : undefined;
  }

  /** Closes idle connections. */
  close(): void {
    this.agent.destroy();
  }

  /** A connection whose protocol changes belongs to one request alone. */
  private agentFor(call: Call): Agent {
    return call.upgrade === undefined ? this.agent : new Agent({ ...this.agent.options, keepAlive: false });
  }

  private headers(call: Call): Record<string, string | string[]> {
    const identity = call.as ?? this.identity;
    return {
      accept: call.plain === true || call.upgrade !== undefined ? "*/*" : "application/json",
      "content-type": call.method === "PATCH" ? (call.patch ?? "application/merge-patch+json") : "application/json",
      ...(this.token === undefined ? {} : { authorization: `Bearer ${this.token}` }),
      ...(identity === undefined ? {} : { "impersonate-user": identity.user }),
      ...(identity?.groups === undefined ? {} : { "impersonate-group": [...identity.groups] }),
      ...Object.fromEntries(
        Object.entries(identity?.extra ?? {}).map(([key, value]) => [
          `impersonate-extra-${encodeURIComponent(key)}`,
          value,
        ]),
      ),
      ...(call.upgrade === undefined ? {} : { connection: "Upgrade", upgrade: call.upgrade, ...WEBSOCKET }),
    };
  }
}

const WEBSOCKET = {
  "sec-websocket-version": "13",
  "sec-websocket-key": "bmlnaHRsYW5lLXByb2JlLTE=",
  "sec-websocket-protocol": "v5.channel.k8s.io",
} as const;

/** What the API server said, for a message. */
export function messageOf(answer: Answer): string {
  const body = answer.body as { readonly message?: string } | undefined;
  return `${answer.status} ${body?.message ?? ""}`.trim();
}

/** Health and log endpoints answer in plain text, everything else in JSON. */
function parseBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Path of a kind's collection, or of one object, in a namespace or without one. */
export function pathOf(place: {
  readonly apiVersion: string;
  readonly resource: string;
  readonly namespace?: string | undefined;
  readonly name?: string;
  readonly subresource?: string;
}): string {
  const base = place.apiVersion.includes("/") ? `/apis/${place.apiVersion}` : `/api/${place.apiVersion}`;
  const namespace = place.namespace === undefined ? "" : `/namespaces/${place.namespace}`;
  const name = place.name === undefined ? "" : `/${place.name}`;
  const subresource = place.subresource === undefined ? "" : `/${place.subresource}`;
  return `${base}${namespace}/${place.resource}${name}${subresource}`;
}
