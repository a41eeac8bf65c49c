import { describe, expect, test } from "vitest";
import { nightly } from "../../../../constructs/index.ts";
import { type CustomerChanges, smallSpark, testCustomer } from "../../../support/customer.ts";
import { find, manifestsOf } from "../../../support/manifests.ts";

function night(changes: CustomerChanges = {}) {
  const { lane } = manifestsOf(testCustomer(changes));
  return { template: find(lane, "WorkflowTemplate", /^night-/), cron: find(lane, "CronWorkflow", "night") };
}

describe("the WorkflowTemplate", () => {
  test("is named by its content: the same night has the same name", () => {
    expect(night().template.metadata.name).toMatch(/^night-[0-9a-f]{10}$/);
    expect(night().template.metadata.name).toBe(night().template.metadata.name);
  });

  test("of a changed night has another name, and the schedule starts that one", () => {
    const changed = night({ workflow: { steps: (it) => void it.spark("var-es", smallSpark({ executors: 2 })) } });
    const { name } = changed.template.metadata;
    expect(name).not.toBe(night().template.metadata.name);
    expect(changed.cron.spec).toMatchObject({ workflowSpec: { workflowTemplateRef: { name } } });
  });

  test("does not change with the schedule's time or the lane's size, which are no part of it", () => {
    const later = night({
      lane: { runners: 3 },
      workflow: { schedule: nightly("23:45", { timezone: "Europe/Berlin" }), finishBy: "07:00" },
    });
    expect(later.template.metadata.name).toBe(night().template.metadata.name);
  });
});

describe("the CronWorkflow", () => {
  test.each([
    ["22:05", "5 22 * * *"],
    ["00:00", "0 0 * * *"],
  ])("starts at %s local time every day; the calendar step decides on which days", (start, cron) => {
    const { spec } = night({ workflow: { schedule: nightly(start, { timezone: "Europe/Zurich" }) } }).cron;
    expect(spec).toMatchObject({ schedules: [cron], timezone: "Europe/Zurich" });
  });

  test("never runs over a night that waits for a person, and makes up for a missed start", () => {
    expect(night().cron.spec).toMatchObject({ concurrencyPolicy: "Forbid", startingDeadlineSeconds: 10800 });
  });

  test("tells when the night should have ended, and does not kill it", () => {
    const { cron, template } = night({ workflow: { finishBy: "05:30" } });
    expect(cron.metadata.annotations).toMatchObject({ "nightlane/finish-by": "05:30" });
    expect(cron.metadata.annotations).not.toHaveProperty("nightlane/start-by");
    expect(template.spec).not.toHaveProperty("activeDeadlineSeconds");
  });

  test("tells when it should have started and have its inputs, where that was promised", () => {
    const { cron, template } = night({
      workflow: {
        startBy: "22:20",
        inputsBy: "23:15",
        steps: (it) => {
          const market = it.spark("market", smallSpark());
          it.spark("limits", smallSpark({ input: false }));
          it.spark("positions", smallSpark({ after: market, input: true }));
          it.spark("var-es", smallSpark({ after: market }));
        },
      },
    });
    expect(cron.metadata.annotations).toMatchObject({
      "nightlane/finish-by": "06:00",
      "nightlane/start-by": "22:20",
      "nightlane/inputs-by": "23:15 market,positions",
    });
    expect(JSON.stringify(template)).not.toMatch(/inputs-by|23:15/);
  });

  test("brings nothing to the night but the scheduled time", () => {
    expect(night().cron.spec).toMatchObject({
      workflowSpec: { arguments: { parameters: [{ name: "scheduled-time", value: "{{workflow.scheduledTime}}" }] } },
    });
  });
});
