import { existsSync, readdirSync, statSync } from "node:fs";
import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { until } from "../../farm/wait.ts";
import type { Handle } from "../injection/handle.ts";
import type { Shown } from "../shown.ts";
import type { Driver, SeenJob } from "../site/driver-log.ts";
import type { Site } from "../site/site.ts";

/** Ways to run the same night. */
export type VariantName = "nightlane" | "bash" | "argo resource";

/** How a night is: running, ended well, stopped with a message for a person, or gone without one. */
export type NightLook =
  | { readonly kind: "running" }
  | { readonly kind: "done" }
  | { readonly kind: "stopped"; readonly message: string }
  | { readonly kind: "silent" };

/** Seconds that each part of a fault-free night may take on a busy machine. */
const LIMIT_SECONDS = 420;

/** Whether a place has partial results beside it. */
export function hasPartial(place: string): boolean {
  return partialsOf(place).length > 0;
}

/** How many bytes of partial results are beside a place. */
export function partialBytes(place: string): number {
  return partialsOf(place)
    .map((name) => join(dirname(place), name))
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: "utf8" }).map((file) => join(folder, file)))
    .reduce((bytes, file) => bytes + (statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0);
}

/** Names of the partial results beside a place. */
export function partialsOf(place: string): readonly string[] {
  const folder = dirname(place);
  if (!existsSync(folder)) {
    return [];
  }
  return readdirSync(folder).filter((name) => name.startsWith(`${basename(place)}.partial`));
}

/** One night of one variant. Its single Spark step is `revaluation`, and the results are then brought home. */
export abstract class Night {
  abstract readonly variant: VariantName;
  /** The night's folder on the customer's results volume, as this machine sees it. */
  protected abstract readonly folder: string;
  /** Label of the night's Jobs and drivers. */
  protected abstract readonly label: readonly [name: string, value: string];

  private readonly leftBehind: Handle[] = [];

  constructor(
    protected readonly site: Site,
    /** For messages and names: fault and variant. */
    readonly name: string,
  ) {}

  /** Starts it as the schedule does. */
  abstract start(): Promise<void>;

  /** Starts it again, as the on-call who finds it unfinished does; for variants that have no better way. */
  abstract startAgain(): Promise<void>;

  abstract look(): Promise<NightLook>;

  /** Folder in which the results are home. */
  abstract home(): string;

  /** The processes that drive the Spark step now. */
  abstract handle(): Promise<Handle>;

  /** Starts it and kills what drives the step before the Job exists. */
  abstract killBeforeJob(): Promise<void>;

  /** Starts it and kills what drives the step when the Job is created and not yet recorded. */
  abstract killAfterCreate(): Promise<void>;

  /** Kills what brings the results home while it does so. The step must be computing. */
  abstract killWhileBringing(): Promise<void>;

  /** Ends what it left running. */
  abstract cleanUp(): Promise<void>;

  /** Folders other than the customer's that its results were brought to. */
  protected abstract folders(): readonly string[];

  /** Removes its results and its Jobs: many nights would fill the disk. */
  async forget(): Promise<void> {
    for (const { name } of this.jobs().filter(({ gone }) => !gone)) {
      const path = `/apis/batch/v1/namespaces/${this.site.namespace}/jobs/${name}`;
      await this.site.remoteApi.call({ method: "DELETE", path, body: { propagationPolicy: "Background" } });
    }
    for (const folder of [this.folder, ...this.folders()]) {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Makes the driver compute until {@link release}. To be called before the start. */
  async hold(): Promise<void> {
    await this.place("more-work", "");
  }

  /** Lets the driver finish. */
  async release(): Promise<void> {
    await this.take("more-work");
  }

  /** Gives the driver more data than it has memory for. To be called before the start. */
  async overload(mebibytes: number): Promise<void> {
    await this.place("ballast", `${mebibytes}`);
  }

  /** Takes that data away again. */
  async relieve(): Promise<void> {
    await this.take("ballast");
  }

  /** Makes the driver write a further result of so many mebibytes. To be called before the start. */
  async enlarge(mebibytes: number): Promise<void> {
    await this.place("bulk", `${mebibytes}`);
  }

  /** Makes the driver write so many lines to its log as fast as it can. */
  async chatter(lines: number): Promise<void> {
    await this.place("chatter", `${lines}`);
  }

  /** The driver's folder of results, on the customer's volume. */
  get remoteResults(): string {
    return join(this.folder, "revaluation");
  }

  /** What it shows people now, before it has ended. @default - nothing */
  async notice(): Promise<Shown | undefined> {
    return undefined;
  }

  /** Notes processes that were taken for gone and may go on unseen, or are frozen. */
  leaveBehind(handle: Handle): void {
    this.leftBehind.push(handle);
  }

  /** Lets those go on, and waits until they have ended: by then they have done what damage they could. */
  async untilLeftBehindEnd(): Promise<void> {
    for (const handle of this.leftBehind.splice(0)) {
      await handle.thaw();
      await handle.untilEnded(LIMIT_SECONDS);
    }
  }

  /** Waits until the driver has its executor and computes. */
  async untilComputing(): Promise<void> {
    const what = `the driver of ${this.name} computes`;
    await until({ what, limitSeconds: LIMIT_SECONDS, hopeless: () => this.hopeless() }, async () =>
      existsSync(join(this.folder, "revaluation.attempt-1.partial")),
    );
  }

  /** Waits until a driver has ended well. */
  async untilDriverSucceeded(): Promise<void> {
    const what = `the driver of ${this.name} has ended well`;
    await until({ what, limitSeconds: LIMIT_SECONDS }, async () => this.drivers().some(({ succeeded }) => succeeded));
  }

  /** Waits until the night has a Job, and returns it. */
  async untilJob(): Promise<SeenJob> {
    const what = `${this.name} has a Job`;
    await until(
      { what, limitSeconds: LIMIT_SECONDS, hopeless: () => this.hopeless() },
      async () => this.jobs().length > 0,
    );
    return this.job();
  }

  /** The night's newest Job. @throws Error if it has none */
  job(): SeenJob {
    const job = this.jobs().at(-1);
    if (job === undefined) {
      throw new Error(`${this.name} has no Job`);
    }
    return job;
  }

  jobs(): readonly SeenJob[] {
    return this.site.drivers.jobs(...this.label);
  }

  drivers(): readonly Driver[] {
    return this.site.drivers.drivers(...this.label);
  }

  protected async hopeless(): Promise<string | undefined> {
    const look = await this.look();
    return look.kind === "stopped" ? look.message : look.kind === "running" ? undefined : `the night is ${look.kind}`;
  }

  private async take(file: string): Promise<void> {
    await rm(join(this.folder, file), { force: true });
  }

  private async place(file: string, content: string): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    await chmod(this.folder, 0o777);
    await writeFile(join(this.folder, file), content);
  }
}
