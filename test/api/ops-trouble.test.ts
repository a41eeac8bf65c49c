import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ExitCode } from "../../ops/exit-code.ts";
import type { StepStatus } from "../../runs/step-status.ts";
import { until } from "../farm/wait.ts";
import type { Ending } from "./ops-kubelet.ts";
import { OpsCluster, type Outcome } from "./ops-support.ts";

const CUSTOMER = "nordbank";
const DATE = "2026-03-31";
const STEP = "market";

const SINCE = "2026-03-31T21:00:00Z";
const SENTENCE = "The customer's API server https://k8s.nordbank.example:6443 cannot be used (timed out).";
const TROUBLE: Ending = { exitCode: 21, message: `TROUBLE unreachable since ${SINCE}: ${SENTENCE}` };
const OVER: Ending = { exitCode: 21, message: "OVER unreachable: it is over, and the next try goes on." };
const AWAY: Ending = { exitCode: 20, message: "The customer's API server has been away for 1800 s." };

let cluster: OpsCluster;
let anna: string;
/** Name of the night's workflow. */
let night: string;

/** How the tries of the step end, in their order; a try beyond them runs on. */
const tries: Ending[] = [];

beforeAll(async () => {
  cluster = await OpsCluster.start();
  anna = await cluster.operator("anna@vendor.example");
  cluster.kubelet.otherwise = ({ customer, step, pod }) => {
    const own = cluster.kubelet.started.filter((one) => one.customer === customer && one.step === step);
    return step === STEP ? tries[own.findIndex((one) => one.pod === pod)] : undefined;
  };
});

afterAll(async () => {
  await cluster?.stop();
});

async function as(...args: readonly string[]): Promise<Outcome> {
  return cluster.nightlane(anna, ...args);
}

async function untilMarket(what: string, is: (step: StepStatus) => boolean): Promise<StepStatus> {
  let found: StepStatus | undefined;
  await until({ what: `${STEP} ${what}`, limitSeconds: 180, everyMilliseconds: 250 }, async () => {
    found = (await cluster.night(CUSTOMER, night)).steps.find(({ name }) => name === STEP);
    return found !== undefined && is(found);
  });
  if (found === undefined) {
    throw new Error(`no step ${STEP}`);
  }
  return found;
}

/** One attempt, by the real controller: its nodes and messages are Argo's own; the tests are its hours, in order. */
describe("a step whose runner reports that it cannot go on", () => {
  test("is tried again by itself, and its trouble is seen while the next try goes on", async () => {
    tries.push(TROUBLE);
    const result = await as("run", CUSTOMER, "--date", DATE, "--reason", "test", "-o", "json");
    expect(result.code).toBe(ExitCode.done);
    ({ night } = JSON.parse(result.out));
    await cluster.untilStarts(CUSTOMER, STEP, 2);
    const step = await untilMarket("is in trouble", ({ trouble }) => trouble !== undefined);
    expect(step).toMatchObject({
      state: "running",
      attempts: 1,
      trouble: { kind: "unreachable", since: SINCE, sentence: SENTENCE, tries: 1, of: 8 },
    });
  });

  test("has a line in show and in nights", async () => {
    const line = "cannot reach the customer's cluster since 03-31 23:00 CEST";
    const shown = await as("show", CUSTOMER);
    expect(shown.out).toContain(line);
    expect(shown.out).toContain(SENTENCE.slice(0, 60));
    expect((await as("nights")).out).toContain(`${STEP}: ${line}`);
    const [own] = JSON.parse((await as("nights", "-o", "json")).out).items.filter(
      ({ customer }: { readonly customer: string }) => customer === CUSTOMER,
    );
    expect(own.active).toMatchObject([{ step: STEP, trouble: { kind: "unreachable", since: SINCE } }]);
  });

  test("stays in trouble through a try that fails, which is counted", async () => {
    tries.push(AWAY);
    await cluster.untilStarts(CUSTOMER, STEP, 3);
    await untilMarket("is in its second try", ({ trouble }) => trouble?.tries === 2);
    expect((await as("show", CUSTOMER)).out).toContain("try 2 of 8");
  });

  test("is out of it when the runner says so", async () => {
    tries.push(OVER);
    await cluster.untilStarts(CUSTOMER, STEP, 4);
    const step = await untilMarket(
      "is out of trouble and goes on",
      ({ trouble, attemptLog }) => trouble === undefined && attemptLog.at(-1)?.runners === 4,
    );
    expect(step).toMatchObject({ state: "running", attempts: 1 });
  });
});
