import { describe, expect, test } from "vitest";
import { checkCustomer } from "../../../constructs/checks/check-customer.ts";
import type { CustomerDefinition } from "../../../constructs/definition/customer-definition.ts";
import { Cpu, nightly, onResults, type RiskWorkflowProps, Size, sparkRiskWorkflow } from "../../../constructs/index.ts";
import type { Manifest } from "../../../constructs/kubernetes/manifest.ts";
import { synthesize } from "../../../constructs/synthesize.ts";
import { cronLine } from "../../../constructs/workflow/cron-line.ts";
import { SCHEDULES } from "../../../runs/annotations.ts";
import { readSchedule } from "../../../runs/schedule.ts";
import { smallSpark, testCustomer } from "../../support/customer.ts";
import { find } from "../../support/manifests.ts";

const BERLIN = { timezone: "Europe/Berlin" } as const;

function monthEnd(changes: Partial<RiskWorkflowProps> = {}): CustomerDefinition {
  const further = sparkRiskWorkflow({
    schedule: nightly("23:30", { ...BERLIN, on: "last-of-month" }),
    finishBy: "08:00",
    steps: (night) => {
      const filing = night.spark("filing", { ...smallSpark(), args: ["--out", night.path("filing")] });
      night.copyOut("archive", { from: onResults("filing"), to: "sent", after: filing });
    },
    ...changes,
  });
  return testCustomer({ furtherNights: { "month-end": further } });
}

const laneOf = (definition: CustomerDefinition) => synthesize(definition, "customers/testbank.ts").lane;

describe("further nights", () => {
  const lane = laneOf(monthEnd());
  const template = find(lane, "WorkflowTemplate", /^night-month-end-[0-9a-f]{10}$/);
  const cron = find(lane, "CronWorkflow", "night-month-end");

  test("have a schedule and a template of their own, and leave the nightly ones as they are", () => {
    const nightlyOf = (objects: readonly Manifest[]) => {
      const found = objects.filter(({ metadata }) => /^night(-[0-9a-f]{10})?$/.test(metadata.name));
      // But for the names of the lane's other schedules.
      return found.map(({ metadata: { annotations = {}, ...metadata }, ...object }) => {
        const { [SCHEDULES]: beside, ...others } = annotations;
        return { object: { ...object, metadata, annotations: others }, beside };
      });
    };
    const [before, after] = [nightlyOf(laneOf(testCustomer())), nightlyOf(lane)];
    expect(before).toHaveLength(2);
    expect(after.map(({ object }) => object)).toEqual(before.map(({ object }) => object));
    expect(before.map(({ beside }) => beside)).toContain("reaper");
    expect(after.map(({ beside }) => beside)).toContain("night-month-end,reaper");
    expect(cron.spec).toMatchObject({
      concurrencyPolicy: "Forbid",
      workflowSpec: { workflowTemplateRef: { name: template.metadata.name } },
    });
  });

  test("are read back as they were written, each of their days by the customer's calendar", () => {
    const { schedule, problems } = readSchedule(cron as never);
    expect(problems).toEqual([]);
    expect(schedule).toMatchObject({ start: "23:30", finishBy: "08:00", calendar: { nightDays: "last-of-month" } });
  });

  test("work in folders of their own, and never in those of the nightly ones", () => {
    const text = JSON.stringify(template);
    expect(text).toContain("/results/month-end/{{inputs.parameters.business-date}}/run-");
    expect(text).not.toContain("/results/night/");
    const pipelines = [...text.matchAll(/\\"pipeline\\":\\"([a-z-]+)\\"/g)].map(([, pipeline]) => pipeline);
    expect(new Set(pipelines)).toEqual(new Set(["month-end"]));
    expect(JSON.stringify(find(lane, "WorkflowTemplate", /^night-[0-9a-f]{10}$/))).not.toContain("month-end/");
  });

  test("are tidied, and their kept logs read", () => {
    expect(JSON.stringify(find(lane, "WorkflowTemplate", /^reaper-/))).toContain(
      '\\"furtherPipelines\\":[\\"month-end\\"]',
    );
    expect(JSON.stringify(find(lane, "WorkflowTemplate", /^reader-/))).toContain("{{workflow.parameters.pipeline}}");
  });

  test("have runners and room for their workflows beside those of the nightly ones", () => {
    const alone = testCustomer();
    const wide = monthEnd({ steps: (night) => [1, 2, 3, 4, 5].forEach((n) => void night.gate(`g${n}`)) });
    expect(wide.lane.runners).toBe(alone.lane.runners);
    const quota = (definition: CustomerDefinition) =>
      (find(laneOf(definition), "ResourceQuota").spec as { readonly hard: Readonly<Record<string, string>> }).hard;
    expect(quota(alone)["count/workflows.argoproj.io"]).toBe("100");
    expect(quota(monthEnd())["count/workflows.argoproj.io"]).toBe("115");
  });
});

describe("the cron line", () => {
  test.each([
    ["22:30", undefined, "30 22 * * *"],
    ["02:05", ["friday"], "5 2 * * *"],
    ["23:30", "last-of-year", "30 23 * * *"],
  ] as const)("of %s on %j is every day: the calendar says on which there is a night", (start, on, expected) => {
    expect(cronLine(nightly(start, { ...BERLIN, ...(on === undefined ? {} : { on }) }))).toBe(expected);
  });
});

describe("what cannot be", () => {
  const further = (name: string, changes: Partial<RiskWorkflowProps> = {}) =>
    checkCustomer(
      testCustomer({ furtherNights: { [name]: monthEnd(changes).furtherNights["month-end"] as never } }),
    ).map(({ property, rule }) => `${property}: ${rule}`);

  test.each(["night", "Month-End", "2026", "month--end", "a-1", "month_end", "a-name-of-21-letters-", "x".repeat(21)])(
    "the name %s",
    (name) => {
      expect(further(name).join("\n")).toMatch(/^furtherNights.*: a name of lower-case words/);
    },
  );

  test("is reported where it is in the file, and what the customer has in common once", () => {
    const problems = further("month-end", {
      finishBy: "25:00",
      steps: (night) => void night.spark("Filing", smallSpark()),
    });
    expect(problems).toEqual([
      expect.stringMatching(/^furtherNights\.month-end\.finishBy: a local time/),
      expect.stringMatching(/^furtherNights\.month-end\.steps\["Filing"\]: a name of/),
    ]);
  });

  test("a value of another kind", () => {
    const wrong = testCustomer({ furtherNights: { "month-end": "23:30" as never } });
    expect(checkCustomer(wrong).map(({ property }) => property)).toEqual(["furtherNights.month-end"]);
    const list = testCustomer({ furtherNights: [] as never });
    expect(checkCustomer(list).map(({ property }) => property)).toEqual(["furtherNights"]);
  });

  test.each([[["sunday"]], [[]], [["friday", "friday"]]])("nights on %j", (on) => {
    const schedule = nightly("23:30", { ...BERLIN, on: on as never });
    expect(further("month-end", { schedule }).join("\n")).toContain("furtherNights.month-end.schedule.on");
  });

  test("nights that together need more than there is, where their times meet", () => {
    const half = { executors: 9, memory: Size.gibibytes(1), cpu: Cpu.millis(500) };
    const steps: RiskWorkflowProps["steps"] = (night) => void night.spark("large", { ...smallSpark(), ...half });
    const both = (start: string, finishBy: string) => {
      const schedule = nightly(start, { ...BERLIN, on: ["friday"] });
      const customer = testCustomer({
        workflow: { steps },
        furtherNights: { weekly: sparkRiskWorkflow({ schedule, finishBy, steps }) },
      });
      return checkCustomer(customer).map(({ property }) => property);
    };
    // The nightly ones start at 22:00 and should have ended at 06:00; each needs 5 of 8 CPUs.
    expect(both("23:30", "07:00")).toEqual(["cluster.capacity.cpu"]);
    expect(both("13:00", "21:00")).toEqual([]);
    expect(both("13:00", "22:30")).toEqual(["cluster.capacity.cpu"]);
    expect(both("07:00", "12:00")).toEqual([]);
  });
});
