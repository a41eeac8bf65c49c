import { readFile } from "node:fs/promises";
import { Agent, request } from "node:https";
import { parse } from "yaml";

/** An answer of an API server. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
}

interface CertificateKubeconfig {
  readonly clusters: readonly [
    { readonly cluster: { readonly server: string; readonly "certificate-authority-data": string } },
  ];
  readonly users: readonly [
    { readonly user: { readonly "client-certificate-data": string; readonly "client-key-data": string } },
  ];
}

/** Seconds after which an API server that stays silent counts as unreachable. */
const ANSWER_SECONDS = 10;

/** The few requests that the farm sends itself, with the administrator's certificate. */
export class ApiClient {
  private constructor(
    private readonly server: string,
    private readonly agent: Agent,
  ) {}

  /** A client for a kubeconfig that the farm wrote. */
  static async fromKubeconfig(file: string): Promise<ApiClient> {
    const config = parse(await readFile(file, "utf8")) as CertificateKubeconfig;
    const { cluster } = config.clusters[0];
    const { user } = config.users[0];
    const decode = (text: string): string => Buffer.from(text, "base64").toString();
    const agent = new Agent({
      ca: decode(cluster["certificate-authority-data"]),
      cert: decode(user["client-certificate-data"]),
      key: decode(user["client-key-data"]),
      keepAlive: true,
    });
    return new ApiClient(cluster.server, agent);
  }

  /** Sends a request. @throws if the server cannot be reached; an answer with an error status is returned */
  async send(method: "GET" | "POST" | "DELETE", path: string, body?: unknown): Promise<ApiAnswer> {
    return new Promise((resolve, reject) => {
      const sent = request(
        `${this.server}${path}`,
        {
          method,
          agent: this.agent,
          signal: AbortSignal.timeout(ANSWER_SECONDS * 1000),
          headers: { "content-type": "application/json" },
        },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on("data", (chunk: Buffer) => chunks.push(chunk));
          answer.on("error", reject);
          answer.on("end", () =>
            resolve({ status: answer.statusCode ?? 0, body: parseBody(Buffer.concat(chunks).toString()) }),
          );
        },
      );
      sent.on("error", (error) => {
        const silent = new Error(`${this.server} did not answer within ${ANSWER_SECONDS} s`);
        reject(error.name === "AbortError" ? silent : error);
      });
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  /** The object at `path`; undefined if there is none. @throws if the server refuses or cannot be reached */
  async get<T>(path: string): Promise<T | undefined> {
    const { status, body } = await this.send("GET", path);
    if (status === 404) return undefined;
    if (status !== 200) throw new Error(`${this.server}${path} answered ${status}: ${JSON.stringify(body)}`);
    return body as T;
  }

  /** Whether the API server says that it is ready; false also if it cannot be reached. */
  async isReady(): Promise<boolean> {
    try {
      return (await this.send("GET", "/readyz")).status === 200;
    } catch {
      return false;
    }
  }

  /** Closes idle connections. */
  close(): void {
    this.agent.destroy();
  }
}

/** Health endpoints answer in plain text, everything else in JSON. */
function parseBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
