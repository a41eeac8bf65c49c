import { expect, test } from "vitest";
import { Duration } from "../../../../constructs/index.ts";
import type { Night } from "../../../../constructs/night/night.ts";
import type { CronWorkflowSpec, WorkflowSpec } from "../../../../constructs/workflow/argo.ts";
import { smallSpark, testCustomer } from "../../../support/customer.ts";
import { find, manifestsOf } from "../../../support/manifests.ts";
import { runnerDocument } from "../../../support/night.ts";

const customer = testCustomer();
const { lane } = manifestsOf(customer);
const template = find(lane, "WorkflowTemplate", /^reaper-[0-9a-f]{10}$/);
const spec = template.spec as WorkflowSpec;
const cron = find(lane, "CronWorkflow", "reaper").spec as CronWorkflowSpec;
const [entry, reap, tidy] = spec.templates ?? [];

test("looks twice an hour, at a minute of the customer's own, and never beside itself", () => {
  const [minutes = ""] = cron.schedules ?? [];
  const [, first, second] = /^(\d+),(\d+) \* \* \* \*$/.exec(minutes) ?? [];
  expect(Number(second) - Number(first)).toBe(30);
  expect(cron.concurrencyPolicy).toBe("Forbid");
  expect(cron.workflowSpec.workflowTemplateRef?.name).toBe(template.metadata.name);
  const other = find(manifestsOf(testCustomer({ name: "other-bank" })).lane, "CronWorkflow", "reaper");
  expect((other.spec as CronWorkflowSpec).schedules).not.toEqual(cron.schedules);
});

test("knows the customer and how long to wait, and has no step", () => {
  expect(reap === undefined ? {} : runnerDocument(reap)).toEqual({
    reap: {
      customer: customer.name,
      namespace: customer.cluster.namespace,
      orphanSeconds: 43_200,
      watchSeconds: 900,
    },
  });
});

test("leaves a Job alone for as long as the longest step may take, and for longer than all tries of one take", () => {
  expect(orphanSeconds(Duration.hours(20))).toBe(72_000);
  const least = orphanSeconds(Duration.minutes(5));
  const night = find(lane, "WorkflowTemplate", /^night-/).spec as WorkflowSpec;
  const limits = (night.templates ?? []).flatMap(({ retryStrategy }) => retryStrategy?.limit ?? []);
  expect(limits.length).toBeGreaterThan(0);
  for (const limit of limits) {
    // Half an hour a try in which nobody answers, and ten minutes' pause between two of them.
    expect(least).toBeGreaterThan((Number(limit) + 1) * 1800 + Number(limit) * 600);
  }
});

test("watches for longer than the longest pause between two tries of a step", () => {
  const night = find(lane, "WorkflowTemplate", /^night-/).spec as WorkflowSpec;
  const backoffs = (night.templates ?? []).flatMap(({ retryStrategy }) => retryStrategy?.backoff ?? []);
  const { reap: told } = (reap === undefined ? {} : runnerDocument(reap)) as { reap: { watchSeconds: number } };
  expect(backoffs.length).toBeGreaterThan(0);
  for (const { cap } of backoffs) {
    expect(cap).toBe("10m");
    expect(told.watchSeconds).toBeGreaterThan(600);
  }
});

test("tidies the volumes as well, one pod at a time, whatever becomes of the other", () => {
  expect(spec.entrypoint).toBe("reaper");
  expect(entry).toMatchObject({ name: "reaper", parallelism: 1, dag: { failFast: false } });
  expect(entry?.dag?.tasks?.map(({ template: name, depends }) => [name, depends])).toEqual([
    ["reap", undefined],
    ["tidy", undefined],
  ]);
});

test("knows how long results and logs are kept, and where the customer's nights are", () => {
  expect(tidy === undefined ? {} : runnerDocument(tidy)).toEqual({
    tidy: { pipeline: "night", namespace: customer.cluster.namespace, keepResultsDays: 90, keepLogsDays: 30 },
  });
  const other = testCustomer({ lane: { keepResults: Duration.days(400), keepLogs: Duration.days(14) } });
  const reaper = find(manifestsOf(other).lane, "WorkflowTemplate", /^reaper-/).spec as WorkflowSpec;
  const told = reaper.templates?.find(({ name }) => name === "tidy");
  expect(told === undefined ? {} : runnerDocument(told)).toMatchObject({
    tidy: { keepResultsDays: 400, keepLogsDays: 14 },
  });
});

test("says how full the volumes are, or nothing where it could not look", () => {
  expect(tidy?.outputs?.parameters).toEqual([
    { name: "lane-used", valueFrom: { path: "/tmp/outputs/lane-used", default: "" } },
    { name: "customer-used", valueFrom: { path: "/tmp/outputs/customer-used", default: "" } },
  ]);
});

test("is a runner like any other, but is not tried again, since it is started again", () => {
  expect(spec.serviceAccountName).toBe("executor");
  expect(spec.automountServiceAccountToken).toBe(false);
  expect(reap?.retryStrategy).toBeUndefined();
  expect(reap?.activeDeadlineSeconds).toBe(1500);
  expect(tidy?.retryStrategy).toBeUndefined();
  expect(tidy?.activeDeadlineSeconds).toBe(1800);
});

/** How long nobody must have looked after a Job of a customer whose only step may take so long. */
function orphanSeconds(timeout: Duration): number {
  const steps = (night: Night) => void night.spark("var-es", smallSpark({ timeout }));
  const { lane: objects } = manifestsOf(testCustomer({ workflow: { steps } }));
  const reaper = find(objects, "WorkflowTemplate", /^reaper-/).spec as WorkflowSpec;
  const told = reaper.templates?.find(({ name }) => name === "reap");
  const { reap: document } = (told === undefined ? {} : runnerDocument(told)) as { reap: { orphanSeconds: number } };
  return document.orphanSeconds;
}
