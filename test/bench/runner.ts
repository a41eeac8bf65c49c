import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadCustomer } from "../../constructs/definition/customer-files.ts";
import setUpFarm from "../e2e/global-setup.ts";
import { laneVolume } from "../farm/deploy/lane-volume.ts";
import { FarmPaths, farmRoot } from "../farm/paths.ts";
import { progressOn } from "../farm/progress.ts";
import { ensureTools } from "../farm/tools/ensure.ts";
import { secondsOf } from "./run-process.ts";
import { BenchLane, type BenchNight, BUSINESS_DATE, type RanNight, type StepEnd } from "./runner/bench-lane.ts";
import { type ProcessUse, RunnerProcesses } from "./runner/runner-processes.ts";
import { sameJobs } from "./runner/same-jobs.ts";

/**
 * `npm run bench:runner`: what the workflow and its runners cost. A night of ten 10-second steps in sequence takes turns
 * with the same ten Jobs started by bash and kubectl, in the farm: real clusters, Argo, runners, and results brought back.
 * Then one long step and one quiet command, for what a runner that only waits takes, a large file that is copied out and
 * in again, and a step whose driver writes a GiB of log. It uses the farm that runs, or one of its own.
 */
const CUSTOMER = "nordbank";
const ROUNDS = 2;
const NIGHT: BenchNight = { steps: 10, workSeconds: 10 };

/** Long enough for the watch to be renewed, and the Lease too. */
const LONG_NIGHT: BenchNight = { steps: 1, workSeconds: 400 };

/** Long enough for kubectl, or what is in its place, to have all that it needs. */
const COMMAND_SECONDS = 60;

/** More than a runner could hold, and seconds to look at it while it copies. */
const COPY_MEBIBYTES = 512;

/** As many lines of as many bytes as a talkative Spark writes, at a pace that two cores can bear from end to end. */
const LOG_NIGHT: BenchNight = {
  steps: 1,
  workSeconds: 10,
  log: { mebibytes: 1024, mebibytesPerSecond: 8, lineBytes: 160 },
};

/** What the runner puts before each line of the driver's. */
const PREFIX_BYTES = "driver | ".length;

const SCRIPT = fileURLToPath(new URL("./runner/ten-jobs.sh", import.meta.url));

const paths = new FarmPaths(farmRoot());
const tearDown = await setUpFarm();
const folder = mkdtempSync(join(tmpdir(), "nightlane-bench-"));
process.env.NIGHTLANE_IMAGES = paths.images;
const lane = new BenchLane(await loadCustomer(CUSTOMER), paths, folder);
try {
  await lane.start();
  await measure();
} finally {
  await lane.end();
  rmSync(folder, { recursive: true, force: true });
  await tearDown();
}

async function measure(): Promise<void> {
  const bash: number[] = [];
  const nights: RanNight[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    bash.push(await tenJobs(round));
    nights.push(await lane.run(NIGHT));
    console.log(
      `round ${round}: bash and kubectl ${bash.at(-1)?.toFixed(1)} s, night ${nights.at(-1)?.seconds.toFixed(1)} s`,
    );
  }
  const [long, spark] = await watched("spark", () => lane.run(LONG_NIGHT));
  const [, command] = await watched("exec", () => lane.runCommand(COMMAND_SECONDS));
  const [[run, out], back] = await watched("copy-in", () => watched("copy-out", () => lane.runCopies(COPY_MEBIBYTES)));
  rmSync(join(await laneVolume(paths, CUSTOMER), "night", BUSINESS_DATE, `run-${run}`, "large"), { recursive: true });
  const [, talkative] = await watched("spark", () => lane.run(LOG_NIGHT));
  const ends = nights.flatMap((night) => [...night.ends.values()]);
  const after = (part: (end: StepEnd) => number): readonly number[] =>
    ends.map((end) => (part(end) - end.job) / 1000).toSorted((a, b) => a - b);
  const pod = after((end) => end.pod);
  const node = after((end) => end.node);
  console.log(`end of the Job to end of the runner's pod: ${spread(pod)}`);
  console.log(`end of the Job to the workflow's node: ${spread(node)}`);
  const overhead = sum(nights.map(({ seconds }) => seconds)) / sum(bash);
  const requests = await requestsPerMinute(nights[0], long);
  console.log(logLine(talkative));
  console.log(
    `rss of a command: ${command.largest.toFixed(1)} MiB, of a copy out: ${out.largest.toFixed(1)} MiB, in: ${back.largest.toFixed(1)} MiB`,
  );
  const inContainers = Math.max(...[command, out, back].map(({ largest }) => largest));
  console.log(
    `runner: overhead=${overhead.toFixed(2)} rss_mb=${Math.ceil(spark.largest)} exec_rss_mb=${Math.ceil(inContainers)} req_per_min=${requests.toFixed(2)} detect_p95_s=${percentile(node, 0.95).toFixed(2)}`,
  );
}

/** Does something, and says what its runner took of a kind of step. */
async function watched<T>(kind: string, work: () => Promise<T>): Promise<readonly [T, ProcessUse]> {
  const processes = new RunnerProcesses(kind, `"businessDate":"${BUSINESS_DATE}"`);
  processes.start();
  try {
    const done = await work();
    return [done, processes.end()];
  } finally {
    processes.abandon();
  }
}

/** What a GiB of log took. All but the log's beginning and end was written once and kept once. */
function logLine({ atFirst, largest, cpuSeconds, writtenMebibytes }: ProcessUse): string {
  const { mebibytes = 0, lineBytes = 1 } = LOG_NIGHT.log ?? {};
  const relayed = (writtenMebibytes / 2) * (lineBytes / (lineBytes + PREFIX_BYTES));
  const figures = [
    `relayed_mib=${relayed.toFixed(0)}`,
    `of_mib=${mebibytes}`,
    `mib_per_cpu_s=${(relayed / cpuSeconds).toFixed(1)}`,
    `rss_growth_mb=${(largest - atFirst).toFixed(1)}`,
  ];
  return `log: ${figures.join(" ")}`;
}

/** Seconds that the same Jobs take without a workflow. */
async function tenJobs(round: number): Promise<number> {
  const { kubectl } = await ensureTools(["kubectl"], progressOn(process.stderr));
  const run = { date: BUSINESS_DATE, number: 1000 + round };
  const files = sameJobs(lane.template(NIGHT), run).map((job, index) => {
    const file = join(folder, `job-${run.number}-${index}.json`);
    writeFileSync(file, JSON.stringify(job));
    return file;
  });
  const { namespace } = lane.definition.cluster;
  return secondsOf(SCRIPT, [kubectl, lane.kubeconfig, namespace, ...files], join(folder, "ten-jobs.log"));
}

/**
 * What a runner asks for in a minute of only waiting: a long step's requests less those of a short one, which are
 * those of the start.
 */
async function requestsPerMinute(short: RanNight | undefined, long: RanNight): Promise<number> {
  const volume = await laneVolume(paths, CUSTOMER);
  const followed = (night: RanNight): { readonly seconds: number; readonly requests: number } => {
    const log = join(volume, "night", BUSINESS_DATE, `run-${night.runNumber}`, "step-1.attempts", "attempt-1.log");
    const said = /followed Job \S+ for (\d+) s with (\d+) requests/.exec(readFileSync(log, "utf8"));
    return { seconds: Number(said?.[1]), requests: Number(said?.[2]) };
  };
  const [start, whole] = [short ?? long, long].map(followed);
  return (
    ((whole?.requests ?? Number.NaN) - (start?.requests ?? 0)) / (((whole?.seconds ?? 0) - (start?.seconds ?? 0)) / 60)
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN;
}

function spread(sorted: readonly number[]): string {
  const figures = [0.5, 0.95, 1].map((share) => percentile(sorted, share).toFixed(2));
  return `${figures.join(" / ")} s (median, p95, most)`;
}
