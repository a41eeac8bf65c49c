import { expect, test } from "vitest";
import type { SparkOptions } from "../../../../constructs/night/step.ts";
import { probedPods } from "../../../../infra/preflight/probe-job.ts";
import { refused } from "../../../../infra/preflight/refusals.ts";
import { customerWithSteps, smallSpark } from "../../../support/customer.ts";

/** What is said of a driver, and of an executor, that a cluster refuses so. */
function said(reason: string, options: Partial<SparkOptions> = {}): readonly string[] {
  const pods = probedPods(customerWithSteps((night) => void night.spark("s", smallSpark(options))));
  return pods.map((pod) => {
    const { rule, fix } = refused("look", reason, 403, pod).todo ?? {};
    return `${rule}: ${fix}`;
  });
}

const RESTRICTED = 'pods "x" is forbidden: violates PodSecurity "restricted:latest"';
const NO_ACCOUNT = 'pods "x" is forbidden: error looking up service account risk/x: serviceaccount "x" not found';

test("a pod that a level or an account keeps out is named by what it runs as", () => {
  expect(said(RESTRICTED)).toEqual([
    expect.stringMatching(/^pods of user 185 .* service account spark a constraint/),
    expect.stringMatching(/^pods of user 185 .* service account default a constraint/),
  ]);
  const own = { user: 1001, serviceAccount: "risk-desk" };
  expect(said(RESTRICTED, own)[0]).toMatch(/^pods of user 1001 .* service account risk-desk a constraint/);
  expect(said(NO_ACCOUNT)[0]).toMatch(/^the service account spark exists: .*kubectl apply -f dist/);
  expect(said(NO_ACCOUNT, own)[0]).toMatch(
    /^the service account risk-desk exists: .*create risk-desk, or .* serviceAccount of the step/,
  );
});

test("another refusal is reported as before", () => {
  expect(said('pods "x" is forbidden: exceeded quota: nightlane')[0]).toMatch(/: raise the quota, or /);
  expect(said("no idea")[0]).toMatch(/: find out what refused it/);
});
