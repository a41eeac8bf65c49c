import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import type { Manifest } from "../../constructs/kubernetes/manifest.ts";
import { progressOn } from "../farm/progress.ts";
import { ensureTools } from "../farm/tools/ensure.ts";
import { bank } from "./bank.ts";
import { computedOf, writeHelmChart } from "./helm-chart.ts";
import { median, secondsOf } from "./run-process.ts";
import { expectSameObjects } from "./same-objects.ts";
import type { Usage } from "./synthesize-banks.ts";

const COUNTS = [1, 10, 100, 1000] as const;
const LARGEST = 1000;
const ROUNDS = 3;
const SYNTHESIZER = fileURLToPath(new URL("synthesize-banks.ts", import.meta.url));

/**
 * Memory, where there is such a folder, for the output of both sides: we write 29,000 files and helm one, and on a slow
 * disk a loop that does nothing but create such files took longer than the synthesis.
 */
const SCRATCH = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

/** What must hold. */
const TARGETS = { growth: 1.3, helmRatio: 2.5, megabytes: 250 } as const;

/** One run of a process. */
interface Run extends Usage {
  /** Elapsed, from start to end of the process. */
  readonly seconds: number;
}

/** Runs by the number of customers. */
type Runs = ReadonlyMap<number, Run[]>;

/** One process that synthesizes and writes `count` customers. */
async function synthesizeBanks(count: number, folder: string): Promise<Run> {
  const said = join(folder, "usage.json");
  const output = join(folder, "dist");
  rmSync(output, { recursive: true, force: true });
  const seconds = await secondsOf(process.execPath, ["--import", "tsx", SYNTHESIZER, `${count}`, output], said);
  const usage: Usage = JSON.parse(readFileSync(said, "utf8"));
  return { seconds, ...usage };
}

/** What was computed for each bank, from what was written. */
function written(output: string): readonly ReturnType<typeof computedOf>[] {
  return Array.from({ length: LARGEST }, (_, number) => {
    const folder = join(output, bank(number).name);
    const files = readdirSync(folder).filter((name) => /-(workflowtemplate|cronworkflow)-/.test(name));
    return computedOf(files.map((file): Manifest => parse(readFileSync(join(folder, file), "utf8"))));
  });
}

async function main(folder: string): Promise<void> {
  const { helm } = await ensureTools(["helm"], progressOn(process.stderr));
  const chart = join(folder, "chart");
  const rendered = join(folder, "rendered.yaml");
  const runs: Runs = new Map(COUNTS.map((count) => [count, []]));
  const helmSeconds: number[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    for (const count of COUNTS) {
      runs.get(count)?.push(await synthesizeBanks(count, folder));
    }
    if (round === 1) {
      writeHelmChart(chart, written(join(folder, "dist")));
    }
    helmSeconds.push(await secondsOf(helm, ["template", "banks", chart], rendered));
    if (round === 1) {
      const some = [0, 7, LARGEST - 1].map((number) => bank(number).name);
      expectSameObjects(readFileSync(rendered, "utf8"), join(folder, "dist"), some);
    }
  }
  report(runs, helmSeconds);
}

function report(runs: Runs, helmSeconds: readonly number[]): void {
  const of = (count: number, what: keyof Run): readonly number[] => (runs.get(count) ?? []).map((run) => run[what]);
  console.log(`medians of ${ROUNDS} rounds, output in ${SCRATCH}`);
  for (const count of COUNTS) {
    printLine(`synth, ${count} customers`, of(count, "seconds"), `  cpu ${median(of(count, "cpu")).toFixed(2)} s`);
  }
  printLine(`helm template, ${LARGEST} customers`, helmSeconds, "");
  // CPU, since elapsed time on a shared machine measures the others; and without the start of the process, which would
  // flatter the growth.
  const started = median(of(1, "cpu"));
  const each = (count: number): number => ((median(of(count, "cpu")) - started) / (count - 1)) * 1000;
  const growth = each(LARGEST) / each(100);
  const helmRatio = median(of(LARGEST, "seconds")) / median(helmSeconds);
  const megabytes = Math.max(...COUNTS.flatMap((count) => of(count, "megabytes")));
  const missed = [
    ...(growth > TARGETS.growth ? [`a customer of ${LARGEST} costs ${growth.toFixed(2)}x one of 100`] : []),
    ...(helmRatio > TARGETS.helmRatio ? [`${helmRatio.toFixed(2)}x the time of helm`] : []),
    ...(megabytes >= TARGETS.megabytes ? [`${megabytes} MB of memory`] : []),
  ];
  for (const miss of missed) {
    console.log(`target missed: ${miss}`);
  }
  process.exitCode = missed.length > 0 ? 1 : 0;
  console.log(
    `synth: c100_ms=${each(100).toFixed(2)} c1000_ms=${each(LARGEST).toFixed(2)} helm_ratio=${helmRatio.toFixed(2)} rss_mb=${megabytes}`,
  );
}

function printLine(label: string, seconds: readonly number[], more: string): void {
  const all = seconds.map((one) => one.toFixed(2)).join(" ");
  console.log(`${label.padEnd(32)} ${median(seconds).toFixed(2).padStart(7)} s  (${all})${more}`);
}

const folder = mkdtempSync(join(SCRATCH, "nightlane-bench-"));
try {
  await main(folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
