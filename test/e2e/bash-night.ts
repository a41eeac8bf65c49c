import { spawn } from "node:child_process";
import { mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CustomerDefinition } from "../../constructs/definition/customer-definition.ts";
import { ATTEMPT, BUSINESS_DATE, NIGHT_DIRECTORY, RUN_NUMBER } from "../../constructs/night/tokens.ts";
import { sparkJob } from "../../constructs/workflow/spark-job.ts";
import { type FarmPaths, repositoryRoot } from "../farm/paths.ts";
import { plainEnvironment } from "../farm/run.ts";

export interface BashNightProps {
  readonly paths: FarmPaths;
  /** Folder for its Jobs, its log and its results. */
  readonly folder: string;
  readonly definition: CustomerDefinition;
  /** Spark steps that it runs, in this order. */
  readonly steps: readonly string[];
  readonly businessDate: string;
  /** Kubeconfig of the customer's cluster. */
  readonly kubeconfig: string;
}

/** Where it works on the customer's results volume: beside the new night, not below it. */
export function bashNightFolder(businessDate: string): string {
  return `/results/bash/${businessDate}`;
}

/**
 * Runs the night as bash ran it (`test/bench/baseline/night.sh`), with the same Jobs in a folder of its own.
 * @returns the folder with its results, `<step>/<file>`
 */
export async function runBashNight(props: BashNightProps): Promise<string> {
  const { folder, businessDate, definition } = props;
  const jobs = join(folder, "jobs");
  mkdirSync(jobs, { recursive: true });
  props.steps.forEach((step, index) => {
    writeFileSync(join(jobs, `${index + 1}0-${step}.json`), JSON.stringify(jobOf(definition, step, businessDate)));
  });
  const log = join(folder, "night.log");
  const stream = openSync(log, "a");
  const night = `bash-${businessDate}`;
  const child = spawn("bash", [join(repositoryRoot, "test", "bench", "baseline", "night.sh")], {
    cwd: folder,
    stdio: ["ignore", stream, stream],
    env: {
      ...plainEnvironment,
      PATH: `${props.paths.programs}:${plainEnvironment.PATH}`,
      HOME: folder,
      TZ: "UTC",
      KUBECONFIG: props.kubeconfig,
      NAMESPACE: definition.cluster.namespace,
      NIGHT: night,
      AT: String(Date.parse(`${businessDate}T22:30:00Z`) / 1000),
      JOBS: jobs,
      REMOTE: bashNightFolder("@BUSINESS_DATE@"),
      RESULTS: join(folder, "results"),
      JOB_TIMEOUT: "900",
    },
  });
  const code = await new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exit) => resolve(exit ?? 128));
  });
  if (code !== 0) {
    throw new Error(`the bash night ended with ${code}:\n${readFileSync(log, "utf8").slice(-4000)}`);
  }
  return join(folder, "results", night);
}

/** The same Job of the step, with what the workflow would have put in. */
function jobOf(definition: CustomerDefinition, name: string, businessDate: string): object {
  const step = definition.workflow.steps.find((one) => one.name === name);
  if (step?.work.kind !== "spark") {
    throw new Error(`${definition.name} has no Spark step ${name}`);
  }
  const { cluster } = definition;
  const job = sparkJob({
    step: name,
    namespace: cluster.namespace,
    options: step.work.options,
  });
  const text = JSON.stringify({ ...job, metadata: { name: `@NIGHT@-${name}` } })
    .replaceAll(NIGHT_DIRECTORY, bashNightFolder("@BUSINESS_DATE@"))
    .replaceAll(BUSINESS_DATE, businessDate)
    .replaceAll(ATTEMPT, "1")
    .replaceAll(RUN_NUMBER, "1");
  return JSON.parse(text);
}
