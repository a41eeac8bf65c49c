import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { stringify } from "yaml";
import { until } from "../farm/wait.ts";

/** How a registry is started. */
export interface RegistryOptions {
  /** The `registry` program of the CNCF distribution. */
  readonly program: string;
  /** Where its images, settings and log lie. */
  readonly folder: string;
  /** @default "127.0.0.1" */
  readonly address?: string;
  /** @default - one that is free */
  readonly port?: number;
}

/** A real registry with one user; without one's password it gives nothing out and takes nothing. */
export class RegistryServer {
  readonly user = "release";
  readonly password = randomBytes(12).toString("hex");
  private child: ChildProcess | undefined;

  private constructor(
    private readonly options: RegistryOptions,
    /** `<host>:<port>` */
    readonly host: string,
  ) {
    mkdirSync(options.folder, { recursive: true });
    writeFileSync(join(options.folder, "htpasswd"), `${this.user}:${bcrypt(this.password)}\n`, { mode: 0o600 });
    writeFileSync(join(options.folder, "config.yml"), stringify(settings(options.folder, host)));
  }

  static async start(options: RegistryOptions): Promise<RegistryServer> {
    const address = options.address ?? "127.0.0.1";
    const server = new RegistryServer(options, `${address}:${options.port ?? (await freePort(address))}`);
    await server.start();
    return server;
  }

  /** Starts it on what it held before. */
  async start(): Promise<void> {
    const { program, folder } = this.options;
    const log = openSync(join(folder, "registry.log"), "a");
    // Its own variables would be taken for settings.
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("REGISTRY")));
    const child = spawn(program, ["serve", join(folder, "config.yml")], { stdio: ["ignore", log, log], env });
    this.child = child;
    await until(
      {
        what: "the registry answers",
        limitSeconds: 30,
        lookAt: join(folder, "registry.log"),
        hopeless: async () => (child.exitCode === null ? undefined : `it ended with ${child.exitCode}`),
      },
      async () => (await this.status("/v2/")) === 401,
    );
  }

  /** Ends it at once, as a crash would. */
  async kill(): Promise<void> {
    const child = this.child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) {
      return;
    }
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
  }

  /** A folder for DOCKER_CONFIG, as `crane auth login` leaves it. */
  credentials(folder: string, password = this.password): string {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const auth = Buffer.from(`${this.user}:${password}`).toString("base64");
    writeFileSync(join(folder, "config.json"), JSON.stringify({ auths: { [this.host]: { auth } } }), { mode: 0o600 });
    return folder;
  }

  /**
   * Tells the nodes of a cluster how to reach it.
   * @param folder containerd's `certs.d` of that cluster.
   * @param as Whether the nodes sign in themselves, or leave that to pull secrets.
   */
  letReach(folder: string, as: "nodes" | "pods"): void {
    const host = join(folder, this.host);
    mkdirSync(host, { recursive: true });
    const server = `http://${this.host}`;
    const basic = Buffer.from(`${this.user}:${this.password}`).toString("base64");
    const header = as === "pods" ? [] : [`[host."${server}".header]`, `authorization = "Basic ${basic}"`];
    const lines = [`server = "${server}"`, `[host."${server}"]`, 'capabilities = ["pull", "resolve"]', ...header, ""];
    writeFileSync(join(host, "hosts.toml"), lines.join("\n"), { mode: 0o600 });
  }

  /** What the registry wrote down of what it was asked. */
  log(): string {
    return readFileSync(join(this.options.folder, "registry.log"), "utf8");
  }

  private async status(path: string): Promise<number | undefined> {
    try {
      return (await fetch(`http://${this.host}${path}`)).status;
    } catch {
      return undefined;
    }
  }
}

function settings(folder: string, host: string): object {
  return {
    version: 0.1,
    storage: { filesystem: { rootdirectory: join(folder, "images") } },
    http: { addr: host },
    auth: { htpasswd: { realm: "nightlane", path: join(folder, "htpasswd") } },
    log: { level: "warn" },
  };
}

/** The one way in which the distribution takes passwords. Perl's, since the C library knows bcrypt and Node does not. */
function bcrypt(password: string): string {
  const salt = randomBytes(16).toString("hex").slice(0, 22);
  return execFileSync("perl", ["-e", "print crypt($ENV{PASSWORD}, $ENV{SALT})"], {
    encoding: "utf8",
    env: { PASSWORD: password, SALT: `$2b$05$${salt}` },
  });
}

async function freePort(address: string): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, address, () => {
      const bound = server.address();
      server.close(() => resolve(typeof bound === "object" && bound !== null ? bound.port : 0));
    });
  });
}
