import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { image } from "../../constructs/index.ts";
import { ExitCode } from "../../ops/exit-code.ts";
import type { StepState } from "../../runs/step-status.ts";
import { until } from "../farm/wait.ts";
import { OpsCluster } from "./ops-support.ts";
import { startOwnNight } from "./own-night.ts";

const CUSTOMER = "nordbank";
const MEMBERS = ["value-1", "value-2", "value-3", "value-4", "value-5"] as const;
const AT_ONCE = 2;

let cluster: OpsCluster;
let anna: string;
let night: string;

/** The members that are in a state now. */
async function membersThatAre(state: StepState): Promise<readonly string[]> {
  const { steps } = await cluster.night(CUSTOMER, night);
  return steps.filter((step) => step.name !== "beside" && step.state === state).map(({ name }) => name);
}

async function untilMembersAre(state: StepState, count: number): Promise<readonly string[]> {
  let found: readonly string[] = [];
  await until({ what: `${count} members are ${state}`, limitSeconds: 60, everyMilliseconds: 250 }, async () => {
    found = await membersThatAre(state);
    return found.length === count;
  });
  return found;
}

beforeAll(async () => {
  cluster = await OpsCluster.start();
  anna = await cluster.operator("anna@vendor.example");
  night = await startOwnNight(cluster, CUSTOMER, 42, (one) => {
    const group = one.group("portfolios", { atOnce: AT_ONCE });
    for (const name of MEMBERS) {
      one.job(name, { image: image("risk"), group });
    }
    one.job("beside", { image: image("risk") });
  });
});

afterAll(async () => {
  await cluster?.stop();
});

/** One night on the real controller; the tests are its hours, in order. */
describe("a group of steps", () => {
  test("runs as many as it says, beside the steps that are in none; the others say what they wait for", async () => {
    await cluster.untilStep(CUSTOMER, night, "beside", "running");
    await untilMembersAre("queued", MEMBERS.length - AT_ONCE);
    expect(await membersThatAre("running")).toHaveLength(AT_ONCE);
    const shown = await cluster.nightlane(anna, "show", CUSTOMER, "--night", night);
    expect(shown.out.match(/queued .*waits for one of the 2 places of portfolios/g)).toHaveLength(3);
    const result = await cluster.nightlane(
      anna,
      "stop",
      CUSTOMER,
      (await membersThatAre("queued"))[0] ?? "",
      "--reason",
      "x",
    );
    expect(result).toMatchObject({
      code: ExitCode.notPossible,
      err: expect.stringContaining("waits for a place in its group"),
    });
  });

  test("gives the place of a step that waits for a person to the next one", async () => {
    const [first = ""] = await membersThatAre("running");
    cluster.kubelet.end(CUSTOMER, first, 1, { exitCode: 10, message: "Job nl-x failed." });
    await cluster.untilStep(CUSTOMER, night, first, "deciding", 1);
    await untilMembersAre("running", AT_ONCE);
    expect(await membersThatAre("queued")).toHaveLength(MEMBERS.length - AT_ONCE - 1);
    // Its retry waits for a place like any other.
    const result = await cluster.nightlane(anna, "retry", CUSTOMER, first, "--reason", "test of retry");
    expect(result.code).toBe(ExitCode.done);
    await cluster.untilStep(CUSTOMER, night, first, "queued", 2);
  });

  test("holds as many after the controller was killed and came back", async () => {
    const before = await membersThatAre("running");
    await cluster.restartController();
    const [one = ""] = before;
    cluster.kubelet.end(CUSTOMER, one, 1, { exitCode: 0 });
    await cluster.untilStep(CUSTOMER, night, one, "succeeded", 1);
    await untilMembersAre("running", AT_ONCE);
    expect(await membersThatAre("running")).toContain(before[1]);
  });

  test("runs all of them in the end, and never more than it says", async () => {
    cluster.kubelet.otherwise = () => ({ exitCode: 0 });
    await cluster.untilPhase(CUSTOMER, night, "Succeeded");
    expect(mostAtOnce()).toBe(AT_ONCE);
  });
});

/** How many runners of the group ran at the same time, as their kubelet saw it. */
function mostAtOnce(): number {
  const members = cluster.kubelet.turns.filter(({ runner }) => MEMBERS.some((name) => name === runner.step));
  let [running, most] = [0, 0];
  for (const { runs } of members) {
    running += runs ? 1 : -1;
    most = Math.max(most, running);
  }
  return most;
}
