import { spawn } from "node:child_process";
import { once } from "node:events";
import { openSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { identify, isAlive, type ProcessIdentity, terminate } from "../../farm/processes.ts";
import { plainEnvironment } from "../../farm/run.ts";
import { until } from "../../farm/wait.ts";

/** A program of the suite, which ends with the suite, however that ends. */
export class Child {
  private constructor(
    private readonly identity: ProcessIdentity,
    private readonly log: string,
    /** Resolves once it has ended, by itself or not. */
    readonly ended: Promise<void>,
  ) {}

  /**
   * Starts a program and waits until it answers.
   * @param log File for what it prints.
   * @param ready Address that answers 200 once it works.
   */
  static async start(
    command: readonly string[],
    log: string,
    ready: string,
    env: Readonly<Record<string, string>> = {},
  ): Promise<Child> {
    const output = openSync(log, "a");
    const child = spawn("setpriv", ["--pdeathsig", "KILL", "--", ...command], {
      env: { ...plainEnvironment, ...env },
      stdio: ["ignore", output, output],
      cwd: "/",
    });
    // Without a listener of errors: one that does not start is reported below, and nobody awaits its end.
    const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    await once(child, "spawn");
    const identity = child.pid === undefined ? undefined : await identify(child.pid);
    if (identity === undefined) {
      throw new Error(`${command[0]} did not start:\n${readFileSync(log, "utf8")}`);
    }
    const started = new Child(identity, log, ended);
    const hopeless = async (): Promise<string | undefined> =>
      (await isAlive(identity)) ? undefined : `it ended:\n${readFileSync(log, "utf8").slice(-2000)}`;
    await until({ what: `${ready} answers`, limitSeconds: 120, hopeless, lookAt: log }, () => answers(ready));
    return started;
  }

  /** What it has printed. */
  get printed(): string {
    return readFileSync(this.log, "utf8");
  }

  /** @param graceSeconds 0 kills it. */
  async stop(graceSeconds?: number): Promise<void> {
    await terminate(this.identity, graceSeconds);
  }
}

/** A port that was free just now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") {
    throw new Error("a TCP server has no port");
  }
  return address.port;
}

async function answers(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(5000) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}
