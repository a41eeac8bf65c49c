import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, openSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { repositoryRoot } from "../../farm/paths.ts";
import { identify, type ProcessIdentity } from "../../farm/processes.ts";
import { plainEnvironment, run } from "../../farm/run.ts";
import { until } from "../../farm/wait.ts";
import { Handle } from "../injection/handle.ts";
import type { Site } from "../site/site.ts";
import { baselineJob } from "./baseline-job.ts";
import { Night, type NightLook, type VariantName } from "./night.ts";

/** Seconds that the script waits for one Job; no night of the suite takes that long. */
const JOB_TIMEOUT = 420;

/** A night by `test/bench/baseline/night.sh`, on this machine as cron would start it. */
export class BashNight extends Night {
  readonly variant: VariantName = "bash";
  private readonly desk: string;
  private readonly kubeconfig: string;
  private night: string;
  private child: ChildProcess | undefined;

  constructor(site: Site, name: string, number: number) {
    super(site, name);
    this.night = `bash-${number}`;
    if (site.batch === undefined) {
      throw new Error("the bash baseline has no identity in the customer's cluster");
    }
    this.kubeconfig = site.batch.kubeconfig;
    this.desk = join(site.work, this.night);
  }

  protected get folder(): string {
    return join(this.site.remote, this.night);
  }

  protected get label(): readonly [string, string] {
    return ["night", this.night];
  }

  async start(): Promise<void> {
    await this.run({ NIGHT: this.night });
  }

  /** Starts it as a schedule due at a moment would; the script derives the night's date and name from that. */
  async startAt(moment: Date): Promise<void> {
    this.night = `risk-${this.site.doubleHour.businessDate}`;
    await this.run({ AT: String(moment.getTime() / 1000) });
  }

  private async run(which: Readonly<Record<string, string>>): Promise<void> {
    const jobs = join(this.desk, "jobs");
    await mkdir(jobs, { recursive: true });
    const job = baselineJob(this.site, { night: "@NIGHT@", folder: "/results/@NIGHT@" });
    const manifest = { ...job, metadata: { ...job.metadata, name: "@NIGHT@-revaluation" } };
    await writeFile(join(jobs, "10-revaluation.json"), JSON.stringify(manifest));
    const log = openSync(this.log, "a");
    this.child = spawn("bash", [join(repositoryRoot, "test", "bench", "baseline", "night.sh")], {
      cwd: this.desk,
      // A group of its own, so that the script ends with all that it started.
      detached: true,
      stdio: ["ignore", log, log],
      env: {
        ...plainEnvironment,
        PATH: `${this.site.paths.programs}:${plainEnvironment.PATH}`,
        HOME: this.desk,
        TZ: this.site.customer.workflow.schedule.timezone,
        KUBECONFIG: this.kubeconfig,
        NAMESPACE: this.site.namespace,
        JOBS: jobs,
        REMOTE: "/results/@NIGHT@",
        RESULTS: join(this.desk, "results"),
        JOB_TIMEOUT: String(JOB_TIMEOUT),
        ...which,
      },
    });
    this.child.on("error", () => {});
  }

  async startAgain(): Promise<void> {
    await this.start();
  }

  async look(): Promise<NightLook> {
    const { exitCode, signalCode } = this.child ?? {};
    if (signalCode) {
      return { kind: "silent" };
    }
    if (exitCode === undefined || exitCode === null) {
      return { kind: "running" };
    }
    if (exitCode === 0) {
      return { kind: "done" };
    }
    return { kind: "stopped", message: (await this.said()).trim().split("\n").at(-1) ?? "" };
  }

  home(): string {
    return join(this.desk, "results", this.night, "revaluation");
  }

  async handle(): Promise<Handle> {
    const pid = this.child?.pid;
    if (pid === undefined) {
      throw new Error(`${this.name} was not started`);
    }
    const group = (await run("pgrep", ["--pgroup", String(pid)])).trim().split("\n").map(Number);
    const processes = await Promise.all(group.map(identify));
    return new Handle(processes.filter((one): one is ProcessIdentity => one !== undefined));
  }

  async killBeforeJob(): Promise<void> {
    await this.start();
    await until({ what: `${this.name} begins`, limitSeconds: 60, everyMilliseconds: 5 }, async () =>
      (await this.said()).includes("step revaluation begins"),
    );
    this.killGroup();
  }

  async killAfterCreate(): Promise<void> {
    await this.start();
    await this.untilJob();
    this.killGroup();
  }

  async killWhileBringing(): Promise<void> {
    await this.release();
    const partial = `${this.home()}.partial`;
    await until({ what: `${this.name} brings its results`, limitSeconds: 420, everyMilliseconds: 5 }, async () =>
      existsSync(partial),
    );
    this.killGroup();
  }

  async cleanUp(): Promise<void> {
    this.killGroup();
  }

  protected folders(): readonly string[] {
    return [join(this.desk, "results")];
  }

  /** Kills the script and everything that it started. */
  killGroup(): void {
    const pid = this.child?.pid;
    if (pid === undefined || this.child?.exitCode !== null || this.child.signalCode !== null) {
      return;
    }
    try {
      process.kill(-pid, "SIGKILL");
    } catch {
      // It has ended in the meantime.
    }
  }

  private get log(): string {
    return join(this.desk, "night.log");
  }

  private async said(): Promise<string> {
    return existsSync(this.log) ? readFile(this.log, "utf8") : "";
  }
}
