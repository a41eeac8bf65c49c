import { type BadInput, each, eachSpark, eachStep } from "./bad-input.ts";

/** Arguments that a function of the library has no parameter for, and other values where its options belong. */
export const dropped: readonly BadInput[] = [
  ...eachSpark(
    "volumes",
    ['claim("data", { writeable: true })', 'claim("data", true)', 'claim("data", "rw")'].map(
      (one) => `{ "/data": ${one} }`,
    ),
  ),
  ...eachSpark("volumes", [
    '{ "/data": claim("data", { writable: true }, 5) }',
    '{ "/data": secretFiles("a", { mode: 0o600 }) }',
    '{ "/data": configMapFiles("a", "b") }',
    '{ "/data": scratch(Size.gibibytes(1), "memory") }',
    '{ "/data": scratch(Size.gibibytes(1, 5)) }',
  ]),
  ...eachSpark(
    "env",
    [
      '{ A: secretKey("a", "b", { optional: true }) }',
      '{ A: configMapKey("a", "b", "c") }',
      '{ A: night.path("a", "b") }',
    ],
    'workflow.steps["s"].env.A',
  ),
  ...eachSpark(
    "args",
    [
      '[night.number(reval, "a.json#b", { digits: 2 })]',
      '[night.word(reval, "a.json#b", 3)]',
      '[night.results(reval, "a.json")]',
    ],
    'workflow.steps["s"].args[0]',
  ),
  ...eachSpark("timeout", ["Duration.hours(6, 30)"]),
  ...eachSpark("cpu", ['Cpu.units(1, "m")']),
  ...eachSpark("app", [
    'riskApp("a.py", "risk", ["--x"])',
    'sparkApp({ image: image("risk"), main: "/a.py" }, {})',
    '{ ...riskApp("a.py"), image: image("risk", "v1") }',
  ]),
  ...eachSpark("group", ['night.group("g", { atOnce: 8 }, 5)', 'night.group("g", 8)']),
  ...eachSpark("group", ['night.group("g", { atOnce: 8, timeout: 5 })'], 'workflow.steps["s"].group.timeout'),
  ...eachStep((call) => call, 'workflow.steps["g"]', [
    'night.gate("g", "confirm the figures");',
    'night.gate("g", ["confirm"]);',
    'night.gate("g", 7);',
    'night.gate("g", null);',
    'night.gate("g", {}, "confirm the figures");',
    'night.spark("g", "a.py");',
    'night.spark("g", riskApp("a.py"), {});',
    'night.copyOut("g", "/data");',
    'night.copyOut("g", { from: onResults("a", { x: 1 }) });',
    'night.copyOut("g", { from: inPod(pricing, "/a", "b") });',
  ]),
  ...each("credentials", "credentials", [
    '{ kubeconfig: federated("sts") }',
    '{ kubeconfig: gitlabFile("CUSTOMER_KUBECONFIG", {}) }',
    '{ kubeconfig: pulumiSecret("kubeconfig", 1) }',
  ]),
  ...each("schedule", "workflow.schedule", ['nightly("22:00", { timezone: "Europe/Berlin" }, { on: ["friday"] })']),
  ...each("workflow", "workflow", ["sparkRiskWorkflow({}, 5)"]),
];
