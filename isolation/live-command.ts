import { UserError } from "../constructs/problem.ts";
import { FarmPaths, farmRoot } from "../farm/paths.ts";
import { progressOn } from "../farm/progress.ts";
import { canaryLines, isContained, runCanary } from "./canary/run-canary.ts";
import { holds, liveLines } from "./live/print-live.ts";
import { runLive } from "./live/run-live.ts";

/** Which proof on a running cluster is asked for. */
export interface LiveCommandOptions {
  readonly live?: boolean;
  readonly kubeconfig?: string;
  readonly canary?: boolean;
}

/**
 * Tries to cross the boundary of a running cluster and prints each attempt.
 * @returns whether every attempt was refused beside a control that passed.
 */
export async function runLiveCommand(kubeconfig: string | undefined): Promise<boolean> {
  if (kubeconfig === undefined) {
    throw new UserError(
      "--live: received no kubeconfig\n    rule: an administrator's kubeconfig of the central cluster\n    mend: --live --kubeconfig <file>",
    );
  }
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
export async function runCanaryCommand(): Promise<boolean> {
  const farm = new FarmPaths(farmRoot());
  const report = await progressOn(process.stderr).step("looking for the deployed credentials", (step) =>
    runCanary({ farm, progress: (doing) => step.detail(doing) }),
  );
  for (const line of canaryLines(report)) {
    console.log(line);
  }
  return isContained(report);
}
