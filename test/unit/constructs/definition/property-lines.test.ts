import ts from "typescript";
import { expect, test } from "vitest";
import { propertyLine } from "../../../../constructs/definition/property-lines.ts";

const SOURCE = `const memory = Size.gibibytes(2);
const sizes = { memory,
  executors: 2 };
const cluster = {
  address: ["10.64.1.10",
    "10.64.1.11"],
};
export default defineCustomer({
  name: "lake",
  cluster,
  workflow: sparkRiskWorkflow({
    schedule: nightly("22:00", {
      timezone: "Europe/Berlin",
      extraHolidays: { "2026-12-24": "Christmas Eve" } }),
    defaults: {
      spark: { executors: 3 } },
    steps: (night) => {
      night.spark("var-es", {
        ...sizes,
        args: ["--a",
          "b"],
        env: { A: "x" },
      });
    },
  }),
  furtherNights: {
    "month-end": sparkRiskWorkflow({
      steps: (night) => void night.spark("var-es", { cpu: 1 }),
    }),
  },
});
`;

test.each([
  ["name", 9],
  ["cluster", 10],
  ["cluster.address[1]", 6],
  ["cluster.capacity", 10],
  ["workflow.schedule.start", 12],
  ["workflow.schedule.timezone", 13],
  ['workflow.schedule.extraHolidays["2026-12-24"]', 14],
  ["workflow.defaults.spark.executors", 16],
  ['workflow.steps["var-es"]', 18],
  ['workflow.steps["var-es"].timeout', 18],
  ['workflow.steps["var-es"].executors', 3],
  ['workflow.steps["var-es"].args[1]', 21],
  ['workflow.steps["var-es"].env["A"]', 22],
  ['furtherNights["month-end"].steps["var-es"].cpu', 28],
  ["(file)", undefined],
  ["credentials.kubeconfig", 8],
])("%s stands on line %s", (property, line) => {
  const source = ts.createSourceFile("lake.ts", SOURCE, ts.ScriptTarget.Latest, true);
  expect(propertyLine(source, property)).toBe(line);
});

const CALLS = `export default defineCustomer({
  workflow: sparkRiskWorkflow({
    steps: (night) => {
      const market = night.exec("market", { command: [night.path("var-es"), "x"] });
      night.spark("var-es", { after: market });
      night.spark({ app });
      night.gate("market");
      for (const desk of ["rates", "credit", "rates"]) {
        night.job(\`value-\${desk}\`, { image });
        night.job(desk, { image });
      }
      night.gate(() => "sign-off");
    },
  }),
});
`;

test.each<[property: string, which: number, line: number]>([
  ['workflow.steps["var-es"].after', 0, 5],
  ['workflow.steps["market"]', 0, 4],
  ['workflow.steps["market"]', 1, 7],
  ['workflow.steps["var-es"]', 1, 10],
  ['workflow.steps["value-rates"].image', 0, 9],
  ['workflow.steps["value-rates"]', 1, 9],
  ['workflow.steps["rates"].image', 0, 10],
  ["workflow.steps[2]", 0, 6],
  ["workflow.steps[10]", 0, 6],
])("step %s, %i of its name, is declared on line %i", (property, which, line) => {
  const source = ts.createSourceFile("lake.ts", CALLS, ts.ScriptTarget.Latest, true);
  expect(propertyLine(source, property, which)).toBe(line);
});

test("lines are known where the library was imported whole", () => {
  const whole = SOURCE.replaceAll(/\b(defineCustomer|nightly|sparkRiskWorkflow|Size)\b/g, "nl.$1");
  const source = ts.createSourceFile("customer.ts", whole, ts.ScriptTarget.Latest, true);
  const properties = ["name", "workflow.schedule.start", 'workflow.steps["var-es"].args[1]'];
  expect(properties.map((one) => propertyLine(source, one))).toEqual([9, 12, 21]);
});
