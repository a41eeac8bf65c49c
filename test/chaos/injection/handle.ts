import { readlink } from "node:fs/promises";
import { findByEnvironment, isAlive, type ProcessIdentity, signal } from "../../farm/processes.ts";
import { run } from "../../farm/run.ts";
import { until } from "../../farm/wait.ts";

/** A handle on the processes that drive a step, found while they run, so that a fault can be injected at any moment. */
export class Handle {
  constructor(readonly processes: readonly ProcessIdentity[]) {}

  /** Waits for processes with an environment entry that starts with `prefix`. */
  static async byEnvironment(prefix: string): Promise<Handle> {
    let found: readonly ProcessIdentity[] = [];
    // As long as results may take to come, which the step waits for.
    await until({ what: `a process with ${prefix.slice(0, 160)} runs`, limitSeconds: 420 }, async () => {
      found = await findByEnvironment(prefix);
      return found.length > 0;
    });
    return new Handle(found);
  }

  /** Stops them where they are; nobody notices. */
  async freeze(): Promise<void> {
    await this.send("SIGSTOP");
  }

  /** Lets frozen ones go on. */
  async thaw(): Promise<void> {
    await this.send("SIGCONT");
  }

  /** Asks them to end, as a machine that shuts down does. */
  async terminate(): Promise<void> {
    await this.send("SIGTERM");
  }

  /** Ends them at once. */
  async kill(): Promise<void> {
    await this.send("SIGKILL");
  }

  /** Waits until all of them have ended. */
  async untilEnded(limitSeconds: number): Promise<void> {
    const what = `the processes ${this.processes.map(({ pid }) => pid).join(", ")} have ended`;
    await until({ what, limitSeconds, everyMilliseconds: 500 }, async () => {
      const alive = await Promise.all(this.processes.map(isAlive));
      return !alive.includes(true);
    });
  }

  /**
   * Resets their connections to an address: both ends notice. In a network of their own, those of their children too.
   * @throws Error if none was open
   */
  async reset(address: string): Promise<void> {
    const query = ["--kill", "--tcp", "--no-header", "state", "established", "dst", address];
    const filters = (await this.hasOwnNetwork())
      ? [[]]
      : (await this.ports(address)).map((port) => ["sport", "=", `:${port}`]);
    let closed = "";
    for (const filter of filters) {
      closed += await this.inNetwork("ss", [...query, ...filter]);
    }
    if (closed.trim() === "") {
      throw new Error(`no connection to ${address} was open that could be reset`);
    }
  }

  /** Local ports of their connections to an address. */
  async ports(address: string): Promise<readonly number[]> {
    const query = ["--tcp", "--numeric", "--no-header", "--processes", "state", "established", "dst", address];
    const lines = (await this.inNetwork("ss", query)).split("\n");
    const own = lines.filter((line) => this.processes.some(({ pid }) => line.includes(`pid=${pid},`)));
    return own.flatMap((line) => /:(\d+)\s+\S+:\d+/.exec(line)?.[1] ?? []).map(Number);
  }

  /**
   * Drops the packets of their present connections to an address, in both directions: neither end notices.
   * New connections work.
   * @returns a function that undoes it
   */
  async dropPackets(address: string): Promise<() => Promise<void>> {
    const ports = await this.ports(address);
    if (ports.length === 0) {
      throw new Error(`no connection to ${address} is open that could be half-open`);
    }
    const rules = ports.flatMap((port) => [
      ["OUTPUT", "-p", "tcp", "-d", address, "--sport", `${port}`, "-j", "DROP"],
      ["INPUT", "-p", "tcp", "-s", address, "--dport", `${port}`, "-j", "DROP"],
    ]);
    // Read while they live: a script uses this machine's network, where its rules outlive it.
    const isPod = await this.hasOwnNetwork();
    for (const rule of rules) {
      await this.inNetwork("iptables", ["-w", "-I", ...rule]);
    }
    return async () => {
      for (const rule of rules) {
        const args = ["-w", "-D", ...rule];
        if (!isPod) {
          await run("iptables", args);
        }
        // A pod's network, and its rules with it, goes with the pod.
        else {
          await this.inNetwork("iptables", args).catch((error: unknown) => this.unlessGone(error));
        }
      }
    };
  }

  private async hasOwnNetwork(): Promise<boolean> {
    const [own, theirs] = await Promise.all(
      ["self", this.processes[0]?.pid].map((pid) => readlink(`/proc/${pid}/ns/net`)),
    );
    return own !== theirs;
  }

  private async unlessGone(error: unknown): Promise<void> {
    if (await isAlive(this.processes[0])) {
      throw error;
    }
  }

  private async send(name: NodeJS.Signals): Promise<void> {
    await Promise.all(this.processes.map((one) => signal(one, name)));
  }

  private async inNetwork(command: string, args: readonly string[]): Promise<string> {
    const [first] = this.processes;
    if (first === undefined) {
      throw new Error("the handle has no process");
    }
    return run("nsenter", ["--target", String(first.pid), "--net", "--", command, ...args]);
  }
}
