import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { helmChart } from "../../../infra/helm-chart.ts";
import { helmValues } from "../../../infra/helm-values.ts";
import { unsafeStarts } from "../../../infra/unsafe-starts.ts";
import { testCustomer } from "../../support/customer.ts";
import { find, manifestsOf } from "../../support/manifests.ts";

const { lane, customerSide } = manifestsOf(testCustomer());
/** Its values where deadlines beyond the default are declared. */
const declared = manifestsOf(testCustomer({ workflow: { startBy: "22:30", inputsBy: "23:00" } }));
const chart = (manifests: typeof lane): ReadonlyMap<string, string> =>
  helmChart({ name: "testbank", description: "a test's", notes: "", manifests });

describe("helmValues", () => {
  test("opens schedule and sizes of the lane", () => {
    expect(helmValues(lane).map((value) => [value.name.join("."), value.default])).toEqual([
      ["quota.limits.cpu", "14000m"],
      ["quota.limits.ephemeral-storage", "21504Mi"],
      ["quota.limits.memory", "5376Mi"],
      ["quota.pods", "7"],
      ["quota.requests.cpu", "280m"],
      ["quota.requests.ephemeral-storage", "896Mi"],
      ["quota.requests.memory", "896Mi"],
      ["results.size", "20Gi"],
      ["schedule.cron", "0 22 * * *"],
      ["schedule.finishBy", "06:00"],
    ]);
  });

  test("opens further deadlines where they are declared", () => {
    const opened = helmValues(declared.lane).filter(({ name }) => name[0] === "schedule");
    expect(opened.map((value) => [value.name[1], value.default])).toEqual([
      ["cron", "0 22 * * *"],
      ["finishBy", "06:00"],
      ["startBy", "22:30"],
      ["inputsBy", "23:00 var-es"],
    ]);
  });

  test("opens sizes and the image at the customer", () => {
    expect(helmValues(customerSide).map((value) => value.name.join("."))).toEqual([
      "results.size",
      "images.runner",
      "quota.requests.cpu",
      "quota.requests.memory",
    ]);
  });

  test("opens nothing of the WorkflowTemplate, which is named by its content", () => {
    expect(helmValues(lane).map(({ manifest }) => manifest.kind)).not.toContain("WorkflowTemplate");
  });

  test.each(
    [...helmValues(declared.lane), ...helmValues(customerSide)].map((value) => [value.name.join("."), value] as const),
  )("%s: the default keeps to its own pattern", (_, value) => {
    expect(value.default).toMatch(new RegExp(value.pattern));
  });
});

describe("the start of a night", () => {
  const cron = helmValues(lane).find(({ name }) => name[1] === "cron");

  test.each(["0 2 * * *", "05 02 * * *", "59 2 * * *"])(
    "is not %s, which the zone's clocks skip and repeat",
    (line) => {
      expect(line).toMatch(new RegExp(cron?.pattern ?? ""));
      expect(line).toMatch(new RegExp(cron?.refused?.pattern ?? ""));
    },
  );

  test.each(["59 1 * * *", "0 3 * * *", "2 22 * * *", "30 12 * * *", "30 20 * * *"])("may be %s", (line) => {
    expect(line).not.toMatch(new RegExp(cron?.refused?.pattern ?? ""));
  });

  test("is refused by the chart's schema, whose reader finds the reason in values.yaml", () => {
    const files = chart(lane);
    const { properties } = JSON.parse(files.get("values.schema.json") ?? "");
    expect(properties.schedule.properties.cron.not).toEqual({ pattern: cron?.refused?.pattern });
    expect(files.get("values.yaml")).toContain(
      "# No start from 02:00 to 02:59: when the clocks of Europe/Berlin change",
    );
  });

  test.each([
    ["UTC", "30 2 * * *", false],
    ["Australia/Lord_Howe", "15 2 * * *", true],
    ["Australia/Lord_Howe", "45 2 * * *", false],
  ])("in %s: %s is refused: %s", (timezone, line, refused) => {
    expect(new RegExp(unsafeStarts(timezone)?.pattern ?? "^never$").test(line)).toBe(refused);
  });
});

describe("helmChart", () => {
  test("has a template per object, and what a chart needs", () => {
    const files = [...chart(lane).keys()];
    expect(files).toEqual(expect.arrayContaining(["Chart.yaml", "values.yaml", "values.schema.json"]));
    expect(files.filter((file) => file.endsWith(".yaml") && file.startsWith("templates/"))).toHaveLength(lane.length);
  });

  test("writes defaults as strings, under comments", () => {
    const values = chart(lane).get("values.yaml") ?? "";
    expect(parse(values, { version: "1.1" })).toMatchObject({ schedule: { finishBy: "06:00" }, quota: { pods: "7" } });
    expect(values).toMatch(/^# /);
  });

  test("writes an image on one line, to be searched for and replaced", () => {
    expect(chart(customerSide).get("values.yaml")).toMatch(/^ {2}runner: "[^\s@]+@sha256:[0-9a-f]{64}"$/m);
  });

  test("hides Argo's placeholders from helm", () => {
    const files = chart(lane);
    const template = [...files].find(([file]) => file.includes("workflowtemplate"))?.[1] ?? "";
    expect(JSON.stringify(find(lane, "WorkflowTemplate", /^night-/))).toContain("{{workflow.parameters.run-number}}");
    expect(template).toContain('{{ "{{" }}workflow.parameters.run-number}}');
    expect(template.replaceAll('{{ "{{" }}', "")).not.toContain("{{");
  });

  test("keeps a WorkflowTemplate that a later release no longer has, and nothing else", () => {
    const kept = [...chart(lane)].filter(([, content]) => content.includes("helm.sh/resource-policy: keep"));
    expect(kept.map(([file]) => file)).toEqual([expect.stringContaining("workflowtemplate-night-")]);
  });

  test("refuses values that it would not use", () => {
    const schema = JSON.parse(chart(lane).get("values.schema.json") ?? "");
    expect(schema).toMatchObject({ additionalProperties: false, required: ["quota", "results", "schedule"] });
    expect(schema.properties.schedule).toMatchObject({ additionalProperties: false, required: ["cron", "finishBy"] });
  });
});
