import { readFileSync } from "node:fs";
import { Command } from "commander";
import { mistake, received } from "../../constructs/definition/problem.ts";
import { runCli } from "../../constructs/definition/run-cli.ts";
import { FarmPaths, farmRoot } from "../farm/paths.ts";
import { progressOn } from "../farm/progress.ts";
import { canaryLines, isContained, runCanary } from "./canary/run-canary.ts";
import { holds, liveLines } from "./print-live.ts";
import { runLive } from "./run-live.ts";

const EXAMPLES = `
Examples:
  npm run boundary -- live --kubeconfig F     try to cross the boundary of a running central cluster: rights, admission, network, files
  npm run boundary -- canary                  look everywhere for the credentials that are deployed in the farm

Exit status: 0 the boundary holds, 1 it does not, 2 it could not be tried.`;

const command = new Command("boundary")
  .description("Tries to cross the boundary between customers on running clusters, with real requests and pods.")
  .addHelpText("after", EXAMPLES)
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

command
  .command("live")
  .description("what each identity of a lane may reach, tried")
  .requiredOption("--kubeconfig <file>", "kubeconfig of the central cluster's administrator")
  .action(async ({ kubeconfig }: { readonly kubeconfig: string }) => {
    requireReadable(kubeconfig);
    process.exitCode = (await runLiveCommand(kubeconfig)) ? 0 : 1;
  });

command
  .command("canary")
  .description("where the farm's deployed credentials are found")
  .action(async () => {
    process.exitCode = (await runCanaryCommand()) ? 0 : 1;
  });

function requireReadable(kubeconfig: string): void {
  try {
    readFileSync(kubeconfig);
  } catch {
    const fix = "name the kubeconfig of the central cluster's administrator";
    throw mistake(`--kubeconfig: received ${received(kubeconfig)}`, "a file that can be read", fix);
  }
}

/**
 * Tries to cross the boundary of a running cluster and prints each attempt.
 * @returns whether every attempt was refused beside a control that passed.
 */
async function runLiveCommand(kubeconfig: string): Promise<boolean> {
  const report = await progressOn(process.stderr).step("trying to cross the boundary", (step) =>
    runLive({ kubeconfig, progress: (doing) => step.detail(doing) }),
  );
  for (const line of liveLines(report)) {
    console.log(line);
  }
  return holds(report);
}

/**
 * Looks for the farm's deployed credentials and prints where they are.
 * @returns whether each is where it belongs and nowhere else.
 */
async function runCanaryCommand(): Promise<boolean> {
  const farm = new FarmPaths(farmRoot());
  const report = await progressOn(process.stderr).step("looking for the deployed credentials", (step) =>
    runCanary({ farm, progress: (doing) => step.detail(doing) }),
  );
  for (const line of canaryLines(report)) {
    console.log(line);
  }
  return isContained(report);
}

await runCli(() => command.parseAsync(), 2);
