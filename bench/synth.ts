import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureTools } from "../farm/tools/ensure.ts";
import { streamReporter } from "../farm/tools/reporter.ts";
import { bank } from "./bank.ts";
import { writeHelmChart } from "./helm-chart.ts";
import { median, secondsOf } from "./run-process.ts";
import { expectSameObjects } from "./same-objects.ts";

const COUNTS = [1, 10, 100, 1000] as const;
const LARGEST = 1000;
const ROUNDS = 3;
const SYNTHESIZER = fileURLToPath(new URL("synthesize-banks.ts", import.meta.url));

/** What must hold; see the issue that asked for this benchmark in CONTRIBUTING.md. */
const TARGETS = { growth: 1.3, helmRatio: 2.5, rssMegabytes: 250 } as const;

/** One process that synthesizes and writes `count` customers: its seconds, and its peak memory in MB. */
async function synthesizeBanks(count: number, folder: string): Promise<{ seconds: number; megabytes: number }> {
  const report = join(folder, "rss");
  const output = join(folder, "dist");
  rmSync(output, { recursive: true, force: true });
  const seconds = await secondsOf(process.execPath, ["--import", "tsx", SYNTHESIZER, String(count), output], report);
  return { seconds, megabytes: Number(readFileSync(report, "utf8")) };
}

/** Name of each bank's WorkflowTemplate, from what was written. */
function templateNames(output: string): readonly string[] {
  return Array.from({ length: LARGEST }, (_, number) => {
    const file = readdirSync(join(output, bank(number).name)).find((name) => name.includes("-workflowtemplate-"));
    return file?.replace(/^\d+-workflowtemplate-(.*)\.yaml$/, "$1") ?? "";
  });
}

async function main(folder: string): Promise<void> {
  const { helm } = await ensureTools(["helm"], streamReporter());
  const chart = join(folder, "chart");
  const rendered = join(folder, "rendered.yaml");
  const seconds = new Map<number | "helm", number[]>([...COUNTS, "helm" as const].map((what) => [what, []]));
  let megabytes = 0;
  for (let round = 1; round <= ROUNDS; round++) {
    for (const count of COUNTS) {
      const run = await synthesizeBanks(count, folder);
      seconds.get(count)?.push(run.seconds);
      megabytes = Math.max(megabytes, run.megabytes);
    }
    if (round === 1) {
      writeHelmChart(chart, templateNames(join(folder, "dist")));
    }
    seconds.get("helm")?.push(await secondsOf(helm, ["template", "banks", chart], rendered));
    if (round === 1) {
      expectSameObjects(
        readFileSync(rendered, "utf8"),
        join(folder, "dist"),
        [0, 7, LARGEST - 1].map((one) => bank(one).name),
      );
    }
  }
  report(seconds, megabytes);
}

function report(seconds: ReadonlyMap<number | "helm", readonly number[]>, megabytes: number): void {
  for (const [what, runs] of seconds) {
    const label = what === "helm" ? `helm template, ${LARGEST} customers` : `synth, ${what} customers`;
    const shown = runs.map((run) => run.toFixed(2)).join(" ");
    console.log(`${label.padEnd(32)} ${median(runs).toFixed(2).padStart(7)} s   of ${shown}`);
  }
  const time = (what: number | "helm"): number => median(seconds.get(what) ?? []);
  // Without the start of the process, which would flatter the smaller number of customers.
  const each = (count: number): number => ((time(count) - time(1)) / (count - 1)) * 1000;
  const growth = each(LARGEST) / each(100);
  const helmRatio = time(LARGEST) / time("helm");
  const missed = [
    ...(growth > TARGETS.growth ? [`a customer of ${LARGEST} costs ${growth.toFixed(2)}x one of 100`] : []),
    ...(helmRatio > TARGETS.helmRatio ? [`${helmRatio.toFixed(2)}x the time of helm`] : []),
    ...(megabytes >= TARGETS.rssMegabytes ? [`${megabytes} MB of memory`] : []),
  ];
  for (const miss of missed) {
    console.log(`target missed: ${miss}`);
  }
  process.exitCode = missed.length > 0 ? 1 : 0;
  console.log(
    `synth: c100_ms=${each(100).toFixed(2)} c1000_ms=${each(LARGEST).toFixed(2)} helm_ratio=${helmRatio.toFixed(2)} rss_mb=${megabytes}`,
  );
}

const folder = mkdtempSync(join(tmpdir(), "nightlane-bench-"));
try {
  await main(folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
