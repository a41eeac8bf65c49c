import { imageNames } from "../farm/images/recipe.ts";
import { toolNames } from "../farm/tools/recipes.ts";
import { chaosCounts, pytestCounts, type Suite, soakCounts, uiCounts, vitestCounts } from "./suite.ts";

/** All at once: they share most of what is compiled, and no test waits for a build within its own limit. */
function tools(names: readonly string[]): Suite {
  return { name: "tools", command: ["tsx", "test/farm/tools/cli.ts", "path", ...names], budgetMinutes: 45 };
}

function images(names: readonly string[]): Suite {
  return { name: "images", command: ["tsx", "test/farm/images/cli.ts", "build", ...names], budgetMinutes: 20 };
}

/** What releases alone take, and the real Argo CD; both run in the suites of `make test-long` only. */
const LONG_TOOLS: readonly string[] = ["argocd", "cosign", "crane", "npm", "registry", "syft"];

/** The image of the pipeline's jobs, which holds the tools of releases. */
const LONG_IMAGE = "ci";

/** Suites that need nothing but this checkout and its tools, cheap ones first. */
const quick: readonly Suite[] = [
  { name: "lint", command: ["biome", "check", "--error-on-warnings", "."], budgetMinutes: 2 },
  { name: "imports", command: ["npm", "run", "--silent", "lint:imports"], budgetMinutes: 2 },
  { name: "types", command: ["tsc", "--noEmit"], budgetMinutes: 3 },
  { name: "page types", command: ["tsc", "--noEmit", "-p", "nightwatch/page/browser"], budgetMinutes: 2 },
  { name: "unit", command: ["vitest", "run", "--project", "unit"], budgetMinutes: 15, count: vitestCounts },
  {
    name: "ui",
    command: ["vitest", "run", "--project", "ui", "--reporter=default", "--reporter=./test/ui/reporter.ts"],
    budgetMinutes: 8,
    count: uiCounts,
  },
  { name: "schemas", command: ["tsx", "test/schemas/generate.ts", "--check"], budgetMinutes: 5 },
  { name: "calendars", command: ["constructs/calendars/generate.sh", "--check"], budgetMinutes: 3 },
  { name: "isolation", command: ["tsx", "pipeline/isolation-cli.ts"], budgetMinutes: 2 },
  { name: "scan", command: ["tsx", "test/scanners/scan.ts"], budgetMinutes: 8 },
  { name: "risk application", command: ["examples/risk/check.sh"], budgetMinutes: 12, count: pytestCounts },
  tools(toolNames.filter((name) => !LONG_TOOLS.includes(name))),
  images(imageNames.filter((name) => name !== LONG_IMAGE)),
];

// Each of the following waits most of its time: for a real API server, a real Prometheus, or the minute of a schedule.

const runner: Suite = { name: "runner", command: ["runner/check.sh"], budgetMinutes: 40, count: pytestCounts };
const api: Suite = {
  name: "api",
  command: ["vitest", "run", "--project", "api"],
  budgetMinutes: 45,
  count: vitestCounts,
};
const alerts: Suite = {
  name: "alerts",
  command: ["vitest", "run", "--project", "alerts"],
  budgetMinutes: 25,
  count: vitestCounts,
};

/** Suites that use the farm, one after the other: the last two inject faults into it. */
const onFarm: readonly Suite[] = [
  { name: "e2e", command: ["vitest", "run", "--project", "e2e"], budgetMinutes: 40, count: vitestCounts },
  {
    name: "chaos",
    command: ["tsx", "test/chaos/cli.ts", "--faults", "five", "--nightlane-only"],
    budgetMinutes: 20,
    count: chaosCounts,
  },
  {
    name: "soak",
    command: ["tsx", "test/soak/cli.ts", "--minutes", "5", "--seed", "5"],
    budgetMinutes: 25,
    count: soakCounts,
  },
];

/**
 * Suites that run at the same time: those of a lane one after the other, the lanes side by side, the first before the
 * others where both want a processor.
 */
export type Stage = readonly (readonly Suite[])[];

const alone = (suite: Suite): Stage => [[suite]];

/** What `make test` runs: a mistake shows before the farm is started for it. */
export const stages: readonly Stage[] = [...quick.map(alone), [onFarm, [runner, alerts], [api]]];

/** Each starts and ends a farm of its own. */
const long: readonly Suite[] = [
  tools(toolNames),
  images(imageNames),
  { name: "release", command: ["vitest", "run", "--project", "release"], budgetMinutes: 45, count: vitestCounts },
  { name: "argo cd", command: ["vitest", "run", "--project", "argocd"], budgetMinutes: 10, count: vitestCounts },
  { name: "long e2e", command: ["vitest", "run", "--project", "e2e-long"], budgetMinutes: 150, count: vitestCounts },
  { name: "deploy guide", command: ["vitest", "run", "--project", "guide"], budgetMinutes: 40, count: vitestCounts },
];

/** What `make test-long` runs. */
export const longStages: readonly Stage[] = long.map(alone);
