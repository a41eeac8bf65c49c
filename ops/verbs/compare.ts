import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Day } from "../../runs/local-time.ts";
import { isOver } from "../../runs/phases.ts";
import type { ResultHashes, RunFacts } from "../../runs/run-record.ts";
import { ExitCode, OpsError } from "../exit-code.ts";
import type { Lane } from "../lanes.ts";
import { runsOf } from "../runs/all-runs.ts";
import { table } from "../text/table.ts";
import type { Place } from "./verb.ts";

/** What to compare with a folder. */
export interface CompareOptions {
  readonly date: Day;
  /** Folder that the other night left: `<step>/<file>`, as this one's results lie in the lane. */
  readonly folder: string;
  /** @default - the last run that succeeded */
  readonly run?: number;
  /** Steps whose results are compared. @default - every step that brought results */
  readonly steps?: readonly string[];
}

/** One result of the night compared with the other night's. */
export interface ComparedFile {
  readonly step: string;
  readonly file: string;
  /** `absent` where only this night has it. */
  readonly result: "same" | "different" | "absent";
}

/** A night's results compared with those of another night, which was run in another way. */
export interface FolderComparison {
  readonly customer: string;
  readonly businessDate: Day;
  readonly runNumber: number;
  readonly folder: string;
  /** Whether the other night has every result, byte for byte. */
  readonly same: boolean;
  readonly files: readonly ComparedFile[];
}

/**
 * Compares what a night brought to its lane with the files of a folder on this machine, by the hashes in the run's
 * record: nothing is fetched.
 */
export async function compare(place: Place, options: CompareOptions): Promise<FolderComparison> {
  const { lane } = place;
  const run = runToCompare(lane, await runsOf(place, options.date), options);
  const files: ComparedFile[] = [];
  for (const { step, results } of resultsOf(run, lane, options)) {
    for (const [file, hash] of Object.entries(results)) {
      const other = await hashOf(join(options.folder, step, file));
      files.push({ step, file, result: other === undefined ? "absent" : other === hash ? "same" : "different" });
    }
  }
  if (files.every(({ result }) => result === "absent")) {
    throw new OpsError(
      ExitCode.notFound,
      `compare: ${options.folder} has none of the results of run ${run.runNumber}: ${files.map(({ step, file }) => `${step}/${file}`).join(", ")}`,
      "lay the other night's files out as <folder>/<step>/<file>",
    );
  }
  return {
    customer: lane.customer,
    businessDate: options.date,
    runNumber: run.runNumber,
    folder: options.folder,
    same: files.every(({ result }) => result === "same"),
    files,
  };
}

function runToCompare(lane: Lane, runs: readonly RunFacts[], { date, run }: CompareOptions): RunFacts {
  const found = runs.find((one) => (run === undefined ? one.phase === "Succeeded" : one.runNumber === run));
  if (found === undefined || !isOver(found)) {
    const known = runs.map((one) => `${one.runNumber} ${one.phase}`).join(", ");
    throw new OpsError(
      ExitCode.notFound,
      `compare: ${lane.customer} has no ${run === undefined ? "run that succeeded" : `ended run ${run}`} of ${date}; known: ${known || "none"}`,
      `nightlane history ${lane.customer}`,
    );
  }
  return found;
}

function resultsOf(
  run: RunFacts,
  lane: Lane,
  { steps, date }: CompareOptions,
): readonly { readonly step: string; readonly results: Readonly<Record<string, string>> }[] {
  const brought = run.steps.flatMap(({ name, attempts }) => {
    const last = attempts.findLast(({ results }) => results !== undefined)?.results;
    return last === undefined ? [] : [{ step: name, results: last }];
  });
  const unknown = steps?.find((name) => !brought.some(({ step }) => step === name));
  if (unknown !== undefined || brought.length === 0) {
    throw new OpsError(
      ExitCode.notFound,
      `compare: run ${run.runNumber} of ${date} brought no results${unknown === undefined ? "" : ` of step ${unknown}`}; it has those of ${brought.map(({ step }) => step).join(", ") || "none"}`,
      `nightlane history ${lane.customer} --date ${date}`,
    );
  }
  return brought
    .filter(({ step }) => steps === undefined || steps.includes(step))
    .map(({ step, results }) => ({ step, results: filesOf(step, results) }));
}

function filesOf(step: string, { files }: ResultHashes): Readonly<Record<string, string>> {
  if (files === undefined) {
    throw new OpsError(
      ExitCode.notPossible,
      `compare: step ${step} brought too many files for its record to name each`,
      "compare the other steps with --step, and this step's files by hand",
    );
  }
  return files;
}

/** SHA-256 of a file; undefined where there is none. */
async function hashOf(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true) {
    return undefined;
  }
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

/** One line for each file, and a last one that says whether all are the same. */
export function renderComparison({ files, same, runNumber, businessDate, folder }: FolderComparison): string {
  const rows = files.map(({ step, file, result }) => [step, file, result]);
  const different = files.filter(({ result }) => result !== "same").length;
  const verdict = same
    ? `${businessDate} agrees: all ${files.length} results of run ${runNumber} are the same in ${folder}`
    : `${businessDate} differs: ${different} of ${files.length} results of run ${runNumber} are not the same in ${folder}`;
  return `${table([["STEP", "FILE", "RESULT"], ...rows])}\n${verdict}`;
}
