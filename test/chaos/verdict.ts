import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Fault } from "./faults/fault.ts";
import type { NightLook, VariantName } from "./nights/night.ts";
import { type Driver, ranTwice } from "./site/driver-log.ts";
import type { Told } from "./told-watch.ts";

/** What became of one night under one fault. */
export interface Verdict {
  readonly fault: string;
  readonly variant: VariantName;
  /** It ended by itself, with the results of an undisturbed night. */
  readonly survived: boolean;
  /** A person has to decide, and was told what about. */
  readonly held: boolean;
  /** Work was started again that still ran or was done. */
  readonly doubleRun: boolean;
  /** The work was done, or said to be, and its results are not where they belong. */
  readonly lostResult: boolean;
  readonly driverStarts: number;
  /** Why it is neither survived nor held as it should; "" where it is. */
  readonly problem: string;
  /** What people were first told while it ran. @default - nothing */
  readonly told?: Told;
}

/** What a verdict is found from. */
export interface Evidence {
  readonly fault: Pick<Fault, "name" | "held" | "drivers">;
  readonly variant: VariantName;
  /** How the night was when it had ended, or its time was over. */
  readonly end: NightLook;
  readonly drivers: readonly Driver[];
  /** Hash of the results at home then; undefined where there are none. */
  readonly home: string | undefined;
  /** Hash of the results of an undisturbed night. */
  readonly undisturbed: string;
  /** Harm that the results do not show. @default - none */
  readonly harm?: string;
  /** @default - nobody was told anything */
  readonly told?: Told;
}

/** The verdict on a night. For a lane's night the driver must have started exactly as often as the fault explains. */
export function judge(evidence: Evidence): Verdict {
  const { fault, variant, drivers, home, undisturbed } = evidence;
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
    lostResult: home !== undefined ? isDone && home !== undisturbed : isDone || (workDone && !held),
    driverStarts: drivers.length,
    problem,
    ...(evidence.told === undefined ? {} : { told: evidence.told }),
  };
}

function problemOf(evidence: Evidence): string {
  const { fault, variant, end, drivers, home, undisturbed, harm } = evidence;
  const starts = fault.drivers ?? 1;
  if (end.kind === "silent") return "nobody is told, and nothing goes on";
  if (end.kind === "running") return "it has not come to an end in time";
  if (fault.held !== undefined) {
    if (end.kind === "done") return "it went on where a person must decide";
    if (!fault.held.test(end.message)) return `a person is told something else: ${short(end.message)}`;
  } else {
    if (end.kind === "stopped") return `it needs a person: ${short(end.message)}`;
    if (home === undefined) return "it says it is done, and there are no results";
    if (home !== undisturbed) return "its results are not those of an undisturbed night";
  }
  if (variant === "nightlane" && drivers.length !== starts) {
    return `the driver was started ${drivers.length} times instead of ${starts}`;
  }
  return harm ?? "";
}

function short(text: string): string {
  return text.length > 160 ? `${text.slice(0, 159)}…` : text;
}

/** Files that an undisturbed night brings home. */
const RESULT_FILES = ["figures.json", "paths.bin"] as const;

/** One hash for the results in a folder; undefined unless all are there. */
export function hashOfResults(folder: string): string | undefined {
  const files = RESULT_FILES.map((name) => join(folder, name));
  if (!files.every(existsSync)) return undefined;
  const hash = createHash("sha256");
  for (const file of files) hash.update(createHash("sha256").update(readFileSync(file)).digest());
  return hash.digest("hex");
}
