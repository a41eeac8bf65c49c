import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkCustomer } from "../../../constructs/checks/check-customer.ts";
import { loadCustomer } from "../../../constructs/definition/customer-files.ts";
import type { Problem } from "../../../constructs/definition/problem.ts";
import { customerText, night, type Places } from "../../support/customer-text.ts";
import { temporaryFolder } from "../../support/folders.ts";

async function problems(places: Places): Promise<readonly Problem[]> {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "lake.ts"), customerText("lake", "10.65.0.1", places));
  return checkCustomer(await loadCustomer("lake", folder));
}

function spark(options: string): Places {
  const app = options.startsWith("app:") ? "" : 'app: riskApp("a.py"), ';
  return { steps: `(night) => { ${night(`night.spark("s", { ${app}${options} });`)} }` };
}

const digest = "0".repeat(64);
const start = (time: string): Places => ({ schedule: `nightly("${time}", { timezone: "Europe/Berlin" })` });
const on = (days: string): Places => ({ schedule: `nightly("22:00", { timezone: "Europe/Berlin", on: ${days} })` });
const zone = (timezone: string): Places => ({ schedule: `nightly("22:00", { timezone: "${timezone}" })` });

/** A mistake, and what the one message of it must say was received and is to be written. */
const ADVICE: readonly (readonly [what: string, places: Places, received: string, fix: string])[] = [
  ["a start without its zero", start("7:30"), '"7:30"', 'write "07:30"'],
  ["a start as cron has it", start("30 21 * * *"), '"30 21 * * *"', 'write "21:30"'],
  ["a misspelt zone", zone("Europe/Olso"), '"Europe/Olso"', 'write "Europe/Oslo"'],
  ["a place without its region", zone("Zurich"), '"Zurich"', 'write "Europe/Zurich"'],
  [
    "a weekday cut short",
    { schedule: 'nightly("21:00", { timezone: "Asia/Riyadh", weekend: ["Fri", "saturday"] })' },
    '"Fri"',
    'write "friday"',
  ],
  ["a weekday without its list", on('"Friday"'), '"Friday"', 'write ["friday"]'],
  ["the first day of a month", on('"first-of-month"'), '"first-of-month"', "leave on out"],
  ["the first day of a quarter", on('"quarter-start"'), '"quarter-start"', "leave on out"],
  ["the end of a month", on('"month-end"'), '"month-end"', 'write "last-of-month"'],
  ["a misspelt last day", on('"last-of-mnth"'), '"last-of-mnth"', 'write "last-of-month"'],
  ["the end of a week", on('"last-of-week"'), '"last-of-week"', 'write for instance ["friday"]'],
  ["a time of parts of a second", spark("timeout: Duration.millis(60_001)"), '"60.001 s"', "write for instance"],
  [
    "a value from a result as a variable",
    spark('env: { A: night.number(reval, "a.json#b") }'),
    "night.number(...)",
    "write it in args",
  ],
  ["a BigInt", spark("executors: 2n"), "a BigInt", "write for instance 2"],
  ["a figure in Greek", spark('figures: { "ΔVaR": "a.json#b" }'), "ΔVaR", "VaR 99"],
  ["a word for every day", on('"workdays"'), '"workdays"', "leave on out for every business day"],
  ["a last day in a list", on('["last-of-year"]'), '"last-of-year"', 'write "last-of-year" without the list'],
  ["a key as a volume", spark('volumes: { "/etc/kdb": secretKey("kdb", "x") }'), '"kdb"', 'write secretFiles("kdb")'],
  ["files as a variable", spark('env: { KDB: secretFiles("kdb") }'), '"kdb"', 'write secretKey("kdb", "<key>")'],
  ["a name with a space", spark('priorityClass: "High Prio"'), '"High Prio"', 'write "high-prio"'],
  ["a short digest", spark('app: sparkApp({ image: "a.example/x@sha256:abc", main: "/a.py" })'), "abc", "copy it from"],
  [
    "a space in an image",
    spark(`app: sparkApp({ image: "a.example/ x@sha256:${digest}", main: "/a.py" })`),
    "a.example",
    "remove the space",
  ],
  [
    "a repository in capitals",
    spark(`app: sparkApp({ image: "a.example/Risk@sha256:${digest}", main: "/a.py" })`),
    "a.example/Risk",
    'write for instance "a.example/risk@',
  ],
  ["a secret in hadoopConf", spark('hadoopConf: { "fs.s3a.secret.key": "x" }'), "(not shown)", "secretKey("],
  ["a secret in conf", spark('conf: { "spark.hadoop.fs.s3a.secret.key": "x" }'), "(not shown)", "secretKey("],
  ["a size of Spark in conf", spark('conf: { "spark.executor.memory": "4g" }'), '"4g"', "write memory"],
  ["a misspelt size", spark("memroy: Size.gibibytes(8)"), "8 GiB", "write memory instead of memroy"],
  ["a misspelt list of secrets", spark('imagePullSecret: ["regcred"]'), "a list of 1", "write imagePullSecrets"],
  ["async steps", { steps: "async (night) => { night.gate('x'); }" }, "an async function", "write steps: (night) =>"],
  [
    "a wrong address of a list",
    { address: '["10.65.0.1", "10.65.0"]' },
    '"10.65.0"',
    "write the address of the customer's API server",
  ],
  [
    "a step without its name",
    { steps: `(night) => { ${night('night.spark({ app: riskApp("a.py") });')} }` },
    "options without a name",
    'write it first: night.spark("var-es", { ... })',
  ],
  [
    "a name that many steps have",
    spark('}); for (let n = 0; n < 30; n += 1) night.gate("g", {'),
    "30 steps of this name",
    "give each a unique name",
  ],
  [
    "a capacity that is too small",
    { capacity: "{ cpu: Cpu.units(1), memory: Size.gibibytes(256) }" },
    "1 CPU",
    "use fewer executors",
  ],
  [
    "a misspelt property that must be there",
    { capacity: "{ cpu: Cpu.units(16), memroy: Size.gibibytes(64) }" },
    "64 GiB",
    "write memory instead of memroy",
  ],
  [
    "a misspelt setting of all steps",
    { moreNight: "defaults: { spark: { memroy: Size.gibibytes(8) } }" },
    "8 GiB",
    "write memory instead of memroy",
  ],
];

describe("one message, that says what was received and what to write", () => {
  test.each(ADVICE)("of %s", async (_, places, received, fix) => {
    const found = await problems(places);
    expect(found).toHaveLength(1);
    expect(found[0]?.received).toContain(received);
    expect(found[0]?.fix).toContain(fix);
  });
});
