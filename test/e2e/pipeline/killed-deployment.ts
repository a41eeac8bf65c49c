import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { until } from "../../farm/wait.ts";
import { type PipelineFarm, SEEBANK } from "./pipeline-farm.ts";
import { stateFolder } from "./stack-marks.ts";

/** Kills a deployment of seebank as soon as it has locked the stack, as a runner that dies does. */
export async function killDeployment(farm: PipelineFarm): Promise<void> {
  const locks = join(stateFolder(farm.paths), "locks", "organization", "nightlane", SEEBANK.name);
  await farm.withFiles(async (files) => {
    const { settings, programs } = farm.pulumi;
    const PATH = [...programs, process.env.PATH].join(delimiter);
    const up = spawn("pulumi", ["up", "--stack", SEEBANK.name, "--yes", "--skip-preview", "--non-interactive"], {
      cwd: farm.project.clone,
      env: { ...process.env, ...settings, ...files, PATH },
      detached: true,
      stdio: "ignore",
    });
    const ended = new Promise((resolve) => up.once("close", resolve));
    const what = "the stack is locked";
    await until({ what, limitSeconds: 60, everyMilliseconds: 20 }, async () => {
      return existsSync(locks) && readdirSync(locks).length > 0;
    });
    process.kill(-(up.pid ?? 0), "SIGKILL");
    await ended;
  });
}
