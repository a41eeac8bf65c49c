import { readlink } from "node:fs/promises";
import { findByEnvironment, isAlive, type ProcessIdentity, signal } from "../../farm/processes.ts";
import { run } from "../../farm/run.ts";
import { until } from "../../farm/wait.ts";

/** Holds on to the processes that drive a step, found while they run, so that they can be struck at any moment. */
export class Grip {
  constructor(readonly processes: readonly ProcessIdentity[]) {}

  /** Waits for processes that carry an entry starting with `prefix` in their environment. */
  static async byEnvironment(prefix: string, limitSeconds = 60): Promise<Grip> {
    let found: readonly ProcessIdentity[] = [];
    await until({ what: `a process with ${prefix.slice(0, 160)} runs`, limitSeconds }, async () => {
      found = await findByEnvironment(prefix);
      return found.length > 0;
    });
    return new Grip(found);
  }

  /** Stops them where they are; nobody is told. */
  async freeze(): Promise<void> {
    await this.send("SIGSTOP");
  }

  /** Lets frozen ones go on. */
  async thaw(): Promise<void> {
    await this.send("SIGCONT");
  }

  /** Asks them to end, as a machine does that is shut down. */
  async terminate(): Promise<void> {
    await this.send("SIGTERM");
  }

  /** Ends them at once. */
  async kill(): Promise<void> {
    await this.send("SIGKILL");
  }

  /** Breaks their connections to an address: both ends are told. In a network of their own, those of their children too. */
  async reset(address: string): Promise<void> {
    const query = ["--kill", "--tcp", "--no-header", "state", "established", "dst", address];
    if (await this.hasOwnNetwork()) {
      await this.inNetwork("ss", query);
      return;
    }
    for (const port of await this.ports(address)) await this.inNetwork("ss", [...query, "sport", "=", `:${port}`]);
  }

  /** Ports that connections to an address have on their side. */
  async ports(address: string): Promise<readonly number[]> {
    const query = ["--tcp", "--numeric", "--no-header", "--processes", "state", "established", "dst", address];
    const lines = (await this.inNetwork("ss", query)).split("\n");
    const ours = lines.filter((line) => this.processes.some(({ pid }) => line.includes(`pid=${pid},`)));
    return ours.flatMap((line) => /:(\d+)\s+\S+:\d+/.exec(line)?.[1] ?? []).map(Number);
  }

  /**
   * Drops the packets of the connections that they now have to an address, in both directions: neither end is told.
   * New connections work.
   * @returns what undoes it
   */
  async dropPackets(address: string): Promise<() => Promise<void>> {
    const ports = await this.ports(address);
    if (ports.length === 0) throw new Error(`no connection to ${address} is open that could be half-open`);
    const rules = ports.flatMap((port) => [
      ["OUTPUT", "-p", "tcp", "-d", address, "--sport", `${port}`, "-j", "DROP"],
      ["INPUT", "-p", "tcp", "-s", address, "--dport", `${port}`, "-j", "DROP"],
    ]);
    // Read while they live: a script's network is this machine's, and its rules outlive it.
    const isPod = await this.hasOwnNetwork();
    for (const rule of rules) await this.inNetwork("iptables", ["-w", "-I", ...rule]);
    return async () => {
      for (const rule of rules) {
        const args = ["-w", "-D", ...rule];
        if (!isPod) await run("iptables", args);
        // With a pod goes its network, and with that its rules.
        else await this.inNetwork("iptables", args).catch((error: unknown) => this.unlessGone(error));
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
    if (await isAlive(this.processes[0])) throw error;
  }

  private async send(name: NodeJS.Signals): Promise<void> {
    await Promise.all(this.processes.map((one) => signal(one, name)));
  }

  private async inNetwork(command: string, args: readonly string[]): Promise<string> {
    const [first] = this.processes;
    if (first === undefined) throw new Error("no process is held");
    return run("nsenter", ["--target", String(first.pid), "--net", "--", command, ...args]);
  }
}
