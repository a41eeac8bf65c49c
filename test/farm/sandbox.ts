import { spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { UserError } from "../../constructs/definition/problem.ts";
import { type Component, type Launcher, startupFailure } from "./component.ts";
import type { ClusterPaths } from "./paths.ts";
import {
  childrenOf,
  findByEnvironment,
  findInNamespace,
  identify,
  type ProcessIdentity,
  terminate,
} from "./processes.ts";
import { plainEnvironment, run } from "./run.ts";
import { sandboxScript } from "./sandbox-script.ts";
import { cacheRoot } from "./tools/cache.ts";
import { until } from "./wait.ts";

/** Namespaces of a cluster besides that of its init process itself; the order is nsenter's business. */
const NAMESPACES = ["--net", "--mount", "--pid", "--uts", "--ipc"] as const;

/** Variable that marks a cluster's init process, so that it is found even if no record of it was written. */
const MARKER = "NIGHTLANE_FARM_CLUSTER";

/**
 * The namespaces that a cluster lives in: network, mounts, processes. They are held by one init process: when it
 * ends, the kernel ends every process of the cluster, drops its mounts and removes its network with it.
 */
export class Sandbox implements Launcher {
  constructor(readonly init: ProcessIdentity) {}

  /** Makes the namespaces. `marker` is the farm's folder and the cluster's id, to find the init process again. */
  static async create(farm: string, id: string, paths: ClusterPaths): Promise<Sandbox> {
    await Promise.all([paths.imageStore, paths.machine].map((folder) => mkdir(folder, { recursive: true })));
    const script = sandboxScript({
      covers: [
        { target: "/run", source: join(paths.machine, "run"), inMemory: true },
        { target: "/var/log", source: join(paths.machine, "var-log"), inMemory: false },
        { target: "/var/lib", source: join(paths.machine, "var-lib"), inMemory: false },
      ],
      binds: [{ source: paths.imageStore, target: "/var/lib/containerd" }],
      keep: [farm, cacheRoot()],
    });
    const unshare = spawn(
      "unshare",
      [...NAMESPACES, "--fork", "--mount-proc", "--propagation", "private", "--kill-child", "sh", "-c", script],
      {
        env: { ...plainEnvironment, [MARKER]: mark(farm, id).slice(MARKER.length + 1) },
        stdio: ["ignore", "pipe", "pipe"],
        detached: true,
        cwd: "/",
      },
    );
    await furnished(unshare, id);
    const [child] = unshare.pid === undefined ? [] : await childrenOf(unshare.pid);
    const init = child === undefined ? undefined : await identify(child);
    if (init === undefined) {
      throw new UserError(`The init process of ${id} ended at once.`);
    }
    return new Sandbox(init);
  }

  /**
   * Ends what holds a cluster's namespaces, and with it everything inside; without an id, those of every cluster of
   * the farm. They are found by their mark, so that those without a record end too.
   */
  static async endAll(farm: string, id = ""): Promise<void> {
    for (const process of await findByEnvironment(id === "" ? `${MARKER}=${farm}:` : mark(farm, id))) {
      await terminate(process, 0);
    }
  }

  /** Runs a short command inside. */
  async run(command: string, args: readonly string[], limitSeconds?: number): Promise<string> {
    return run("nsenter", [...this.enter(), command, ...args], limitSeconds === undefined ? {} : { limitSeconds });
  }

  /** Starts a long-running process inside; it belongs to the init process from then on. */
  async start(component: Component, log: string): Promise<ProcessIdentity> {
    await mkdir(dirname(log), { recursive: true });
    // The shell leaves at once, so that init adopts the process; setsid keeps it clear of our terminal's signals.
    const script = 'log=$1; shift; setsid "$@" >>"$log" 2>&1 </dev/null & echo $!';
    const printed = await this.run("sh", ["-c", script, component.name, log, ...component.command]);
    const pid = await findInNamespace(this.init.pid, Number(printed.trim()));
    const identity = pid === undefined ? undefined : await identify(pid);
    if (identity === undefined) {
      throw await startupFailure(component, log);
    }
    return identity;
  }

  private enter(): readonly string[] {
    return ["--target", String(this.init.pid), ...NAMESPACES, "--"];
  }
}

/** The whole entry; the last colon keeps a name apart from a longer one that starts with it. */
function mark(farm: string, id: string): string {
  return `${MARKER}=${farm}:${id}:`;
}

async function furnished(unshare: ReturnType<typeof spawn>, id: string): Promise<void> {
  const { stdout, stderr } = unshare;
  if (stdout === null || stderr === null) {
    throw new Error("the init process was started without pipes");
  }
  let printed = "";
  let complaints = "";
  let ended = "";
  stdout.on("data", (chunk: Buffer) => {
    printed += chunk.toString();
  });
  stderr.on("data", (chunk: Buffer) => {
    complaints += chunk.toString();
  });
  unshare.once("error", (error) => {
    ended = error.message;
  });
  unshare.once("exit", (code, signal) => {
    ended = `it ended with ${code ?? signal}: ${complaints.trim()}`;
  });
  await until(
    {
      what: `the namespaces of ${id} are made`,
      limitSeconds: 20,
      everyMilliseconds: 20,
      hopeless: async () => (ended === "" ? undefined : ended),
    },
    async () => printed.includes("ready"),
  );
  // From here on the init process is on its own.
  stdout.destroy();
  stderr.destroy();
  unshare.unref();
}
