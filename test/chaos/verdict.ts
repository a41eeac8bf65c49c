import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Fault } from "./faults/fault.ts";
import type { NightLook, VariantName } from "./nights/night.ts";
import type { Notice } from "./notice-watch.ts";
import { type Driver, ranTwice } from "./site/driver-log.ts";

/** What became of one night under one fault. */
export interface Verdict {
  readonly fault: string;
  readonly variant: VariantName;
  /** It ended by itself, with the results of a fault-free night. */
  readonly survived: boolean;
  /** A person has to decide, and can read what about. */
  readonly held: boolean;
  /** Work was started again although it was still running or done. */
  readonly doubleRun: boolean;
  /** The work was done, or reported as done, and its results are not where they belong. */
  readonly lostResult: boolean;
  readonly driverStarts: number;
  /** Why it neither survived nor was held as it should; "" where it did. */
  readonly problem: string;
  /** What it showed people while it ran, in this order. */
  readonly notices: readonly Notice[];
}

/** What a verdict is based on. */
export interface Evidence {
  readonly fault: Pick<Fault, "name" | "held" | "drivers" | "told">;
  readonly variant: VariantName;
  /** How the night was when it had ended, or its time was over. */
  readonly end: NightLook;
  readonly drivers: readonly Driver[];
  /** Hash of the results at home then; undefined where there are none. */
  readonly home: string | undefined;
  /** Hash of the results of a fault-free night. */
  readonly faultFree: string;
  /** Damage that the results do not show. @default - none */
  readonly damage?: string;
  /** What it showed people while it ran. @default - nobody has watched that */
  readonly notices?: readonly Notice[];
}

/** The verdict on a night. For a lane's night the driver must have started exactly as often as the fault explains. */
export function judge(evidence: Evidence): Verdict {
  const { fault, variant, drivers, home, faultFree } = evidence;
  const mustHold = fault.held !== undefined;
  const problem = problemOf(evidence);
  const well = problem === "";
  const isDone = evidence.end.kind === "done";
  const workDone = drivers.some(({ succeeded }) => succeeded);
  const held = well && mustHold;
  return {
    fault: fault.name,
    variant,
    survived: well && !mustHold,
    held,
    doubleRun: ranTwice(drivers),
    lostResult: home !== undefined ? isDone && home !== faultFree : isDone || (workDone && !held),
    driverStarts: drivers.length,
    problem,
    notices: evidence.notices ?? [],
  };
}

function problemOf(evidence: Evidence): string {
  const { fault, variant, end, drivers, home, faultFree, damage, notices } = evidence;
  const starts = fault.drivers ?? 1;
  if (end.kind === "silent") {
    return "nobody is notified, and nothing goes on";
  }
  if (end.kind === "running") {
    return "it has not come to an end in time";
  }
  if (fault.held !== undefined) {
    if (end.kind === "done") {
      return "it went on where a person must decide";
    }
    if (!fault.held.test(end.message)) {
      return `a person is shown something else: ${short(end.message)}`;
    }
  } else {
    if (end.kind === "stopped") {
      return `it needs a person: ${short(end.message)}`;
    }
    if (home === undefined) {
      return "it reports success without results";
    }
    if (home !== faultFree) {
      return "its results are not those of a fault-free night";
    }
  }
  if (variant === "nightlane" && drivers.length !== starts) {
    return `the driver was started ${drivers.length} times instead of ${starts}`;
  }
  const isTold =
    fault.told === undefined || (notices ?? [{ kind: fault.told }]).some(({ kind }) => kind === fault.told);
  if (variant === "nightlane" && !isTold) {
    return `people are not told of the trouble ${fault.told}`;
  }
  return damage ?? "";
}

function short(text: string): string {
  return text.length > 160 ? `${text.slice(0, 159)}…` : text;
}

/** Files that a fault-free night brings home. */
const RESULT_FILES = ["figures.json", "paths.bin"] as const;

/** One hash for the results in a folder; undefined unless all are there. */
export function hashOfResults(folder: string): string | undefined {
  const files = RESULT_FILES.map((name) => join(folder, name));
  if (!files.every(existsSync)) {
    return undefined;
  }
  const hash = createHash("sha256");
  for (const file of files) {
    hash.update(createHash("sha256").update(readFileSync(file)).digest());
  }
  return hash.digest("hex");
}
