import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { customerClusterId } from "../../farm/plan.ts";
import { until } from "../../farm/wait.ts";
import type { Night } from "../nights/night.ts";
import { NightlaneNight } from "../nights/nightlane-night.ts";
import type { Site } from "../site/site.ts";
import { allComputing, each, type Fault } from "./fault.ts";

/** A line of the application's log is 97 bytes: this is 60 MiB, more than a kubelet keeps of a container's log. */
const ROTATED_LINES = 650_000;

/** 300 MiB, as fast as the driver can. */
const FLOOD_LINES = 3_250_000;

/** What the runner writes where lines were rotated away, or where the time for them was over. */
const MISSING = /missing here/;

/** The driver's log is more than its reader can take. */
export const logFaults: readonly Fault[] = [
  {
    name: "log-rotated",
    what: "the node rotates the driver's log away while what reads it is frozen",
    inject: (stage) =>
      each(stage, async (night) => {
        await allComputing([night]);
        await stage.moment();
        const handle = await night.handle();
        await handle.freeze();
        await night.chatter(ROTATED_LINES);
        await untilRotated(stage.site, night);
        await handle.thaw();
        await night.release();
      }),
    inspect: (night) => linesOf(night, ROTATED_LINES),
  },
  {
    name: "log-flood",
    what: "the driver writes 300 MiB of log as fast as it can, and ends",
    inject: (stage) =>
      each(stage, async (night) => {
        await allComputing([night]);
        await stage.moment();
        await night.chatter(FLOOD_LINES);
        await night.release();
      }),
    inspect: (night) => linesOf(night, FLOOD_LINES),
  },
];

/** Waits until the kubelet has rotated the driver's log into a second file and thrown one away. */
async function untilRotated({ paths, customer }: Site, night: Night): Promise<void> {
  const logs = join(paths.cluster(customerClusterId(customer.name)).machine, "var-log", "pods");
  const driver = night.drivers().at(-1)?.pod ?? "";
  const what = `the log of ${driver} is rotated`;
  await until({ what, limitSeconds: 180, everyMilliseconds: 1000 }, async () => {
    const folder = (await readdir(logs)).find((name) => name.includes(`_${driver}_`));
    if (folder === undefined) {
      return false;
    }
    const containers = await readdir(join(logs, folder));
    const files = await Promise.all(containers.map((name) => readdir(join(logs, folder, name))));
    return files.some((names) => names.length > 2);
  });
}

/** The kept log must hold every line, or say itself where some are missing. */
async function linesOf(night: Night, lines: number): Promise<string | undefined> {
  if (!(night instanceof NightlaneNight)) {
    return undefined;
  }
  const text = await keptText(night.attemptLog);
  let before = -1;
  let said = false;
  for (const line of text.split("\n")) {
    const number = Number(/chatter (\d{8}) /.exec(line)?.[1] ?? "NaN");
    if (MISSING.test(line) || line === PART) {
      said = true;
    }
    if (Number.isNaN(number)) {
      continue;
    }
    if (number !== before + 1 && !said) {
      return `line ${number} follows ${before} in the kept log, and nothing says why`;
    }
    before = number;
    said = false;
  }
  const whole = before + 1 === lines && text.includes("driver | chatter ends");
  return whole || said ? undefined : `the kept log ends with line ${before} of ${lines}, and nothing says why`;
}

/** Marks a gap between parts of a kept log. */
const PART = "-- part --";

/** The kept log with all its parts in order. */
async function keptText(file: string): Promise<string> {
  const texts = [await readFile(file, "utf8")];
  const folder = await readdir(join(file, ".."));
  const numbers = folder
    .flatMap((name) => /\.log\.(\d+)$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((one, other) => one - other);
  for (const [index, number] of numbers.entries()) {
    if (index === 0 && number > 1) {
      texts.push(PART);
    }
    const part = `${file}.${number}`;
    if (existsSync(part)) {
      texts.push(await readFile(part, "utf8"));
    }
  }
  return texts.map((text) => text.replace(/\n$/, "")).join("\n");
}
