import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

const DOCKERFILE = new URL("../../../nightwatch/image/Dockerfile", import.meta.url);

/** The options of Node with which the image runs nightwatch. */
function imageOptions(): readonly string[] {
  const entry: readonly string[] = JSON.parse(
    /^ENTRYPOINT (\[.*\])$/m.exec(readFileSync(DOCKERFILE, "utf8"))?.[1] ?? "[]",
  );
  return entry.filter((word) => word.startsWith("--"));
}

/** The real nightwatch as a process of its own. */
export class WatchProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly port: number,
    private readonly startedAt: number,
  ) {}

  /** @param bundle Nightwatch in one file, as its image has it. */
  static start(bundle: string, kubeconfig: string, port: number, log: string): WatchProcess {
    const file = openSync(log, "a");
    try {
      const env = { PATH: process.env.PATH ?? "", KUBECONFIG: kubeconfig, PORT: String(port), PAGE_PORT: "0" };
      const child = spawn("setpriv", ["--pdeathsig", "KILL", "--", process.execPath, ...imageOptions(), bundle], {
        env,
        stdio: ["ignore", file, file],
      });
      return new WatchProcess(child, port, performance.now());
    } finally {
      closeSync(file);
    }
  }

  /** Waits until a round has looked at all lanes. @returns seconds since the start */
  async untilLooked(customers: number, limitSeconds: number): Promise<number> {
    while (performance.now() - this.startedAt < limitSeconds * 1000) {
      if (this.child.exitCode !== null) {
        throw new Error(`nightwatch ended with ${this.child.exitCode}`);
      }
      const text = await this.metrics().catch(() => "");
      if (text.split("nightlane_night_running{").length > customers) {
        return (performance.now() - this.startedAt) / 1000;
      }
      await delay(100);
    }
    throw new Error(`nightwatch has not looked at ${customers} lanes within ${limitSeconds} s`);
  }

  async metrics(): Promise<string> {
    return (await fetch(`http://127.0.0.1:${this.port}/metrics`)).text();
  }

  /** Value of a metric without labels. */
  async metric(name: string): Promise<number> {
    const line = (await this.metrics()).split("\n").find((one) => one.startsWith(`${name} `));
    return Number(line?.slice(name.length + 1));
  }

  /** Most memory that it has had, MiB. */
  get peakMegabytes(): number {
    const status = readFileSync(`/proc/${this.child.pid}/status`, "utf8");
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
  }

  async end(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once("exit", resolve));
    this.child.kill("SIGTERM");
    await ended;
  }
}
