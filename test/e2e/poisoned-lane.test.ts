import { lchown, mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { V1Pod } from "@kubernetes/client-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ARGO_NAMESPACE } from "../../constructs/definition/central-cluster.ts";
import { CONTROLLER_LABELS } from "../../constructs/platform/argo-controller.ts";
import { RUNNER_ID } from "../../constructs/workflow/runner-template.ts";
import { FarmPaths, farmRoot } from "../farm/paths.ts";
import { findByEnvironment, type ProcessIdentity, signal } from "../farm/processes.ts";
import { until } from "../farm/wait.ts";
import { Api } from "../support/api.ts";
import { type AuditedWrite, auditedWrites } from "../support/audit-log.ts";
import { ScheduledLane } from "./scheduled-lane.ts";

/**
 * A lane whose runners are compromised, beside a healthy one. Each runner of the first leaves as its result an attack
 * on those who read it: the executor with its token, and the controller that all lanes share.
 */
const paths = new FarmPaths(farmRoot());
let poisoned: ScheduledLane;
let well: ScheduledLane;
let central: Api;

beforeAll(async () => {
  process.env.NIGHTLANE_IMAGES = paths.images;
  poisoned = await ScheduledLane.of("nordbank");
  well = await ScheduledLane.of("alpenkredit");
  central = await Api.fromKubeconfig(paths.centralKubeconfig);
});

afterAll(async () => {
  await poisoned?.end();
  await well?.end();
  central?.close();
});

/**
 * What a runner may leave in place of a result.
 * @param file Where Argo's executor reads it, in the runner's own view.
 */
const POISONS: readonly (readonly [string, (file: string) => Promise<void>])[] = [
  [
    "an expression for which the controller would take 2 GB",
    (file) => writeFile(file, '{{=sprig.repeat(2000000000,"A")}}'),
  ],
  ["a text of 1.4 MB", (file) => writeFile(file, "A".repeat(1_400_000))],
  [
    "a link to the executor's own token",
    (file) => symlink("/var/run/secrets/kubernetes.io/serviceaccount/token", file),
  ],
];

test("what it leaves is refused each time, the controller lives, and the other lane's night ends well", async () => {
  const before = await controllers();
  const number = Math.floor(Date.now() / 1000) % 1_000_000;
  const victim = `night-poisoned-${number}`;
  const other = `night-beside-${number}`;
  await poisoned.startAs(victim, number);
  await well.startAs(other, number);
  for (const [what, leave] of POISONS) {
    const before = refusals(victim).length;
    const runner = await runnerOf(poisoned, number);
    await signal(runner, "SIGSTOP");
    await leaveIn(`/proc/${runner.pid}/root/tmp/outputs`, leave);
    await signal(runner, "SIGKILL");
    await until({ what: `the report of ${what} is refused`, limitSeconds: 120, everyMilliseconds: 500 }, async () => {
      return refusals(victim).length > before;
    });
  }
  expect((await well.untilEnded(other)).phase).toBe("Succeeded");
  // Nobody interferes with the fourth runner: it finds the same Job, and the lane recovers by itself.
  expect((await poisoned.untilEnded(victim)).phase).toBe("Succeeded");
  expect(await controllers()).toEqual(before);
  const results = await central.get(`/apis/argoproj.io/v1alpha1/namespaces/${poisoned.namespace}/workflowtaskresults`);
  expect(JSON.stringify(results)).not.toMatch(/sprig|A{1000}|eyJhbGciOi/);
});

/** The runner that works on the night's step now, of which Argo's own process is the parent. */
async function runnerOf(lane: ScheduledLane, number: number): Promise<ProcessIdentity> {
  let found: ProcessIdentity | undefined;
  await until({ what: "a runner works on the step", limitSeconds: 180, everyMilliseconds: 200 }, async () => {
    for (const one of await findByEnvironment(`NIGHTLANE_STEP={"run":{"customer":"${lane.customer}"`)) {
      const [environment, command] = await Promise.all(
        ["environ", "cmdline"].map((file) => readFile(`/proc/${one.pid}/${file}`, "utf8").catch(() => "")),
      );
      if (
        environment?.includes(`"number":${number}},"step":"work"`) &&
        environment.includes('"spark"') &&
        command?.includes("argoexec") === false
      ) {
        found = one;
      }
    }
    return found !== undefined;
  });
  if (found === undefined) {
    throw new Error("no runner was found");
  }
  return found;
}

async function leaveIn(outputs: string, leave: (file: string) => Promise<void>): Promise<void> {
  const file = join(outputs, "results");
  await mkdir(outputs, { recursive: true });
  await rm(file, { force: true });
  await leave(file);
  await lchown(file, RUNNER_ID, RUNNER_ID);
}

/** Reports of the night's steps that the API server has refused by their policy. */
function refusals(night: string): readonly AuditedWrite[] {
  return auditedWrites(paths).filter(
    ({ objectRef, responseStatus, requestURI, requestObject }) =>
      objectRef?.resource === "workflowtaskresults" &&
      (requestURI.includes(night) || JSON.stringify(requestObject ?? {}).includes(night)) &&
      responseStatus?.message?.includes("nightlane-task-results") === true,
  );
}

/** Each controller's pod, and how often it was started. */
async function controllers(): Promise<readonly (readonly [string, number])[]> {
  const selector = Object.entries(CONTROLLER_LABELS)
    .map((label) => label.join("="))
    .join(",");
  const { items } = await central.get<{ readonly items: readonly V1Pod[] }>(
    `/api/v1/namespaces/${ARGO_NAMESPACE}/pods?labelSelector=${encodeURIComponent(selector)}`,
  );
  return items.map(({ metadata, status }) => [
    metadata?.uid ?? "",
    status?.containerStatuses?.[0]?.restartCount ?? Number.NaN,
  ]);
}
