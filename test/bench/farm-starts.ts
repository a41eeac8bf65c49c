import { type ChildProcess, spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { UserError } from "../../constructs/definition/problem.ts";
import { farmCommand } from "../farm/farm-command.ts";
import { FarmPaths, farmRoot } from "../farm/paths.ts";
import { isFarmRunning } from "../farm/status.ts";
import { median } from "./run-process.ts";

/**
 * How often the farm does not come up, and how long it takes: `tsx test/bench/farm-starts.ts [starts]`, 50 if nothing is
 * said, every other one beside twice as many busy processes as there are processors. The farm must be down.
 */
const STARTS = Number(process.argv[2] ?? 50);
const BUSY = "for (;;) {}";

interface Start {
  readonly loaded: boolean;
  readonly seconds: number;
  readonly failed: boolean;
}

async function start(loaded: boolean): Promise<Start> {
  const busy = loaded ? Array.from({ length: 2 * availableParallelism() }, busyProcess) : [];
  const begin = performance.now();
  try {
    await farmCommand("up");
    return { loaded, failed: false, seconds: (performance.now() - begin) / 1000 };
  } catch (error) {
    if (!(error instanceof UserError)) {
      throw error;
    }
    console.error(error.message);
    return { loaded, failed: true, seconds: (performance.now() - begin) / 1000 };
  } finally {
    for (const one of busy) {
      one.kill("SIGKILL");
    }
    await farmCommand("down");
  }
}

function busyProcess(): ChildProcess {
  return spawn(process.execPath, ["--eval", BUSY], { stdio: "ignore" });
}

if (await isFarmRunning(new FarmPaths(farmRoot()))) {
  throw new UserError("A farm runs on this machine.\nEnd it: make farm-down");
}
const starts: Start[] = [];
for (let number = 1; number <= STARTS; number += 1) {
  const one = await start(number % 2 === 0);
  starts.push(one);
  console.log(
    `${number} of ${STARTS}: ${one.failed ? "FAILED" : "up"} after ${one.seconds.toFixed(0)} s${one.loaded ? ", loaded" : ""}`,
  );
}
const middle = (loaded: boolean): string =>
  median(starts.filter((one) => one.loaded === loaded).map(({ seconds }) => seconds)).toFixed(0);
const failed = starts.filter((one) => one.failed).length;
console.log(`farm starts: n=${STARTS} failed=${failed} idle_s=${middle(false)} loaded_s=${middle(true)}`);
process.exitCode = failed === 0 ? 0 : 1;
