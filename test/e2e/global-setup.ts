import { spawn } from "node:child_process";
import { join } from "node:path";
import { FarmPulumi } from "../../farm/deploy/farm-pulumi.ts";
import { FarmPaths, farmRoot, repositoryRoot } from "../../farm/paths.ts";
import { progressOn } from "../../farm/progress.ts";
import { farmStatus } from "../../farm/status.ts";
import { customerNames } from "../../infra/customer-files.ts";

/** Starts the farm and deploys every stack before the end-to-end tests; ends it afterwards if it did not run before. */
export default async function setup(): Promise<() => Promise<void>> {
  const paths = new FarmPaths(farmRoot());
  const ranBefore = (await farmStatus(paths)).length > 0;
  await farm("up");
  const pulumi = await FarmPulumi.of(paths, progressOn(process.stderr));
  for (const stack of ["platform", ...customerNames()]) {
    await pulumi.up(stack);
  }
  return async () => {
    if (!ranBefore) {
      await farm("down");
    }
  };
}

async function farm(command: "up" | "down"): Promise<void> {
  const child = spawn("tsx", [join(repositoryRoot, "farm", "cli.ts"), command], { stdio: "inherit" });
  const code = await new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exit) => resolve(exit ?? 128));
  });
  if (code !== 0) {
    throw new Error(`farm ${command} ended with exit code ${code}`);
  }
}
