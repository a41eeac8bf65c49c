import { type BadInput, each, eachStep } from "./bad-input.ts";

/** Files that do not export one customer. */
export const files: readonly BadInput[] = [
  ...each("before", "now", ["const now = new Date();"]),
  ...each("before", "x", ["const x = Math.random();"]),
  ...each("before", "import", ['import ca from "./x.pem";']),
  ...eachStep((from) => `night.spark("s", { app: riskApp("a.py"), args: [${from}] });`, 'workflow.steps["s"].args[0]', [
    "night.results(market)",
    'night.results("reval")',
    'night.results(night.job("j", { image: image("risk") }))',
    'night.results(night.spark("q", { app: riskApp("a.py"), results: false })) + "/x"',
  ]),
  ...each("whole", "export default", [
    "",
    "export const x = 1;",
    "export default 42;",
    "export default { name: 'x' };",
  ]),
  ...each("whole", "name", ["export default defineCustomer();", "export default defineCustomer(42);"]),
  ...each("whole", "(code)", ["export default {{"]),
  ...each("before", "(code)", [
    'throw new Error("no");',
    "undefined.x;",
    "Size.gibibytes(-64);",
    "Duration.hours(-1);",
    "nope();",
  ]),
  ...each("steps", 'workflow.steps["x"]', ["(night) => { night.sprak('x'); }"]),
  ...each("before", "(file)", ['throw "boom";', "throw undefined;"]),
];
