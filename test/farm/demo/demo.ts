import { cpSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { CustomerDefinition } from "../../../constructs/definition/customer-definition.ts";
import { customerNames, loadCustomer } from "../../../constructs/definition/customer-files.ts";
import { runCli } from "../../../constructs/definition/run-cli.ts";
import { Central } from "../../../ops/central.ts";
import { table } from "../../../ops/text/table.ts";
import { laneNamespace } from "../../../runs/lane-namespace.ts";
import type { NightState } from "../../../runs/night-state.ts";
import { clock } from "../../../runs/time.ts";
import { FarmPulumi } from "../deploy/farm-pulumi.ts";
import { laneVolume } from "../deploy/lane-volume.ts";
import { farmCommand } from "../farm-command.ts";
import { nextRunNumber } from "../nights/next-run-number.ts";
import { startNight as startLaneNight } from "../nights/start-night.ts";
import { FarmPaths, farmRoot, repositoryRoot } from "../paths.ts";
import { type Progress, progressOn } from "../progress.ts";
import { announcement, whatNext } from "./announce.ts";
import { letNightBeDue, untilStarted } from "./scheduled-night.ts";
import { type WatchedNight, watchNights } from "./watch-nights.ts";

/** A regular business day: no gate waits for a person on it. */
const BUSINESS_DATE = "2026-03-27";

/** How long both nights together may take, even on a slow machine. */
const NIGHTS_LIMIT_SECONDS = 1500;

/** The risk figures of a night, as its `var-es` step wrote them. */
interface RiskFigures {
  readonly currency: string;
  readonly total: { readonly "monte-carlo": { readonly var: number; readonly es: number } };
}

/**
 * `make demo`: the whole product on this machine, from nothing to finished nights. The first customer's is started by
 * its schedule, as every night is; the others' by the command that on-call has.
 */
async function demo(): Promise<number> {
  process.stderr.write(`${await announcement(customerNames())}\n`);
  const progress = progressOn(process.stderr);
  await farmCommand("up");
  const paths = new FarmPaths(farmRoot());
  process.env.NIGHTLANE_IMAGES = paths.images;
  const pulumi = await FarmPulumi.of(paths, progress);
  const customers = await Promise.all(customerNames().map((name) => loadCustomer(name)));
  await progress.step("pulumi up: platform", () => pulumi.up("platform"));
  // One after the other: each uses a whole core for a few seconds.
  for (const { name } of customers) {
    await progress.step(`pulumi up: ${name}`, () => pulumi.up(name));
  }
  const central = Central.fromKubeconfig(paths.centralKubeconfig);
  const nights = await startNights(paths, central, customers, progress);
  process.stdout.write("\n");
  const states = await watchNights(central, nights, process.stdout, NIGHTS_LIMIT_SECONDS);
  process.stdout.write(`\n${await summary(nights, states, paths)}\n`);
  const succeeded = states.filter((state) => state.phase === "Succeeded").length;
  const scheduled = states.filter((state) => state.scheduledAt !== undefined).length;
  console.log(`demo: ${nights.length} customers, ${succeeded} nights succeeded, ${scheduled} started by a schedule`);
  console.log(whatNext(paths.centralKubeconfig, nights[0]?.customer ?? ""));
  return succeeded === nights.length && scheduled > 0 ? 0 : 1;
}

async function startNights(
  paths: FarmPaths,
  central: Central,
  customers: readonly CustomerDefinition[],
  progress: Progress,
): Promise<readonly WatchedNight[]> {
  const [first, ...others] = customers;
  const nights = await Promise.all(others.map((customer) => startNight(paths.centralKubeconfig, central, customer)));
  if (first === undefined) {
    return nights;
  }
  const { name: customer, displayName } = first;
  const namespace = laneNamespace(customer);
  const due = await letNightBeDue(paths, central, first);
  const minute = new Date(due.at).toISOString().slice(11, 16);
  await progress.step(`the schedule of ${customer} is due at ${minute} UTC; nobody starts its night`, () =>
    untilStarted(central, namespace, due),
  );
  return [{ customer, displayName, namespace, workflow: due.workflow }, ...nights];
}

/** Starts the next run of the demo's business date by command: a run number is never used twice. */
async function startNight(
  kubeconfig: string,
  central: Central,
  { name, displayName }: CustomerDefinition,
): Promise<WatchedNight> {
  const namespace = laneNamespace(name);
  const runNumber = await nextRunNumber(central, namespace, BUSINESS_DATE);
  const workflow = await startLaneNight(kubeconfig, namespace, { businessDate: BUSINESS_DATE, runNumber });
  return { customer: name, displayName, namespace, workflow };
}

async function summary(
  nights: readonly WatchedNight[],
  states: readonly NightState[],
  paths: FarmPaths,
): Promise<string> {
  const rows = states.map(async (state, index) => {
    const customer = nights[index]?.customer ?? "";
    const folder = await bringHome(paths, customer, state);
    const figures = readFigures(join(folder, "var-es", "var.json"));
    const report = join(folder, "report", "report.html");
    const done = state.steps.filter((step) => step.state === "succeeded").length;
    const steps = `${done} of ${state.steps.length}`;
    return [
      customer,
      steps,
      clock(state.seconds),
      ...figures,
      existsSync(report) ? relative(process.cwd(), report) : "-",
    ];
  });
  return table([["customer", "steps", "duration", "VaR 99 %", "ES 97.5 %", "report"], ...(await Promise.all(rows))]);
}

/** Copies the night's results from the lane's volume to `nights/` in the checkout, where a person can open them. */
async function bringHome(paths: FarmPaths, customer: string, state: NightState): Promise<string> {
  const night = join("night", state.businessDate ?? "", `run-${state.runNumber}`);
  const home = join(repositoryRoot, "nights", customer, state.businessDate ?? "", `run-${state.runNumber}`);
  const source = join(await laneVolume(paths, customer), night);
  if (existsSync(source)) {
    mkdirSync(home, { recursive: true });
    cpSync(source, home, { recursive: true });
  }
  return home;
}

function readFigures(file: string): readonly [string, string] {
  if (!existsSync(file)) {
    return ["-", "-"];
  }
  const { currency, total }: RiskFigures = JSON.parse(readFileSync(file, "utf8"));
  const money = (amount: number): string => `${amount.toLocaleString("en", { maximumFractionDigits: 0 })} ${currency}`;
  return [money(total["monte-carlo"].var), money(total["monte-carlo"].es)];
}

await runCli(async () => {
  process.exitCode = await demo();
});
