import { type BadInput, chart, each, eachSpark, eachStep, spark, step } from "./bad-input.ts";

const further = (name: string, steps = 'n.gate("g");'): string =>
  `${name}: sparkRiskWorkflow({ schedule: nightly("23:30", { timezone: "Europe/Berlin" }), steps: (n) => { ${steps} } })`;

/** A step of the nightly ones, reused in further nights. */
function fromAnotherNight(steps: string, property: string): BadInput {
  return {
    places: {
      steps: '(night) => { globalThis.kept = night.spark("a", { app: riskApp("a.py") }); }',
      more: `furtherNights: { ${further("me", steps)} },`,
    },
    property: `furtherNights.me.steps["g"].${property}`,
  };
}

/** What JavaScript can pass and no type expects; what is correct by itself and cannot work as it is. */
export const unusual: readonly BadInput[] = [
  ...eachSpark("executors", ["new Number(2)", "(() => { const one = -1; return one; })()"]),
  ...eachSpark("result", ['new String("a.json")']),
  ...eachSpark("env", ['new Map([["A", "b"]])', 'new (class E { A = "b" })()']),
  ...eachSpark("env", ['new Proxy({}, { ownKeys() { throw new Error("no"); } })'], 'workflow.steps["s"].env'),
  ...each("steps", 'workflow.steps["s"].executors', [spark("get executors() { return -1; }")]),
  ...each("steps", 'workflow.steps["s"]', [
    step('class O { app = riskApp("a.py"); } night.spark("s", new O());'),
    spark('get executors() { throw new Error("no"); }'),
    spark(`args: new Array(40).fill("x".repeat(90_000))`),
    spark('env: Object.fromEntries(Array.from({ length: 2000 }, (_, n) => ["A" + n, "x".repeat(100)]))'),
  ]),
  ...eachStep((name) => `night.gate(${name});`, "workflow.steps[", [
    '"G"',
    '"größe"',
    '"a-"',
    '"a".repeat(41)',
    '"v1."',
  ]),
  ...each("steps", "workflow.steps", [
    step('const a = night.gate("a"); a.runsAfter(a);'),
    step('const a = night.gate("a"); a.runsAfter(night.spark("b", { app: riskApp("a.py"), after: a }));'),
  ]),
  ...eachStep((after) => `night.gate("g", { after: ${after} });`, 'workflow.steps["g"].after', ["new Set([reval])"]),
  fromAnotherNight('n.gate("g", { after: globalThis.kept });', "after"),
  fromAnotherNight('n.spark("g", { app: riskApp("a.py"), args: [n.number(globalThis.kept, "a.json#x")] });', "after"),
  fromAnotherNight('n.copyOut("g", { from: globalThis.kept });', "from"),
  ...each("more", "furtherNights", [
    `furtherNights: [${further("me").slice(4)}],`,
    `furtherNights: ${further("me").slice(4)},`,
    `furtherNights: { ${Array.from({ length: 9 }, (_, n) => further(`n${n}a`.replace(/\d/, (one) => "abcdefghi".charAt(Number(one))))).join(", ")} },`,
  ]),
  ...each("more", "furtherNights.", [
    `furtherNights: { ${further("night")} },`,
    `furtherNights: { ${further("Month")} },`,
    `furtherNights: { ${further("a".repeat(21))} },`,
    "furtherNights: { me: undefined },",
  ]),
  ...eachSpark("startWithin", ["Duration.minutes(30), timeout: Duration.minutes(5)", "Duration.hours(12)"]),
  ...eachStep(
    (options) => `night.job("j", { image: image("risk"), parallelism: 4, results: "out/", ${options} });`,
    'workflow.steps["j"].',
    ['result: "a.csv"', 'result: "4/a.csv"', 'result: "00/a.csv"', 'figures: { a: "a.json#b" }'],
  ),
  ...eachStep(
    (place) =>
      `const j = night.job("j", { image: image("risk"), parallelism: 4, results: "out/" }); night.spark("s", { app: riskApp("a.py"), args: [night.number(j, "${place}")] });`,
    'workflow.steps["s"].args[0]',
    ["a.json#x", "9/a.json#x"],
  ),
  ...each("server", "cluster.server", [
    '"https://k8s.bänk.example:6443"',
    '"https://k8s.badbank.example:0"',
    '"https://k8s.badbank.example:6443 "',
    '"https://k8s.badbank.example:6443/k8s/clusters/c-m-abc/"',
    '"https://*.badbank.example:6443"',
  ]),
  ...each("address", "cluster.address", [
    '["2001:db8::1", "2001:db8:0:0:0:0:0:1"]',
    '"010.65.0.1"',
    '"::ffff:10.0.0.1"',
    '" 10.65.0.1"',
    '[["10.65.0.1"]]',
  ]),
  ...each("credentials", "credentials.token", [
    '{ kubeconfig: gitlabFile("CUSTOMER_KUBECONFIG"), token: gitlabFile("CUSTOMER_KUBECONFIG") }',
  ]),
  ...each("before", "import", [
    'import versions from "../versions.json";',
    'import x from "https://bank.example/x.ts";',
  ]),
  ...each("before", "(code)", ["const x = <div/>;", "<<<<<<< HEAD", 'throw new Error("password=hunter2");']),
  ...each("before", "calendar", ['import { FRANKFRUT } from "../constructs/index.ts"; const calendar = FRANKFRUT;']),
  ...each("schedule", "workflow.schedule.calendar", [
    'nightly("22:00", { timezone: "Europe/Berlin", calendar: library.FRANKFRUT })',
    'library.nightly("22:00", { timezone: "Europe/Berlin", calendar: library.FRANKFRUT })',
  ]),
  ...each("workflow", "workflow", ["library.sparkRiskWorkflw({})"]),
  ...each("capacity", "cluster.capacity.cpu", ["{ cpu: library.Cpuu.units(16), memory: Size.gibibytes(64) }"]),
  ...each("capacity", "cluster.capacity.memory", [
    "{ cpu: Cpu.units(16), memory: library.Size.gibibyts(64) }",
    "{ cpu: Cpu.units(16), memory: library.Size.gibibytes(-64) }",
  ]),
  ...each("before", "(code)", ["const { riskAp: other } = library;"]),
  ...each("before", "(code)", ['import whole from "../constructs/index.ts"; whole.gitlabFile("X");']),
  ...each("before", "(file)", [
    "throw { toString() { throw 1; } };",
    'const e = new Error(); Object.defineProperty(e, "message", { get() { throw 1; } }); throw e;',
  ]),
  ...[
    "hostAliases: circle",
    "hostAliases: [() => 1]",
    "terminationGracePeriodSeconds: NaN",
    "volumes: [Size.gibibytes(1)]",
  ].map((spec) => ({
    places: {
      before: "const circle: unknown[] = []; circle.push(circle);",
      steps: spark(`executorPodTemplate: { spec: { ${spec} } }`),
    },
    property: 'workflow.steps["s"].executorPodTemplate.spec.',
  })),
  {
    places: {
      before: "const circle: Record<string, unknown> = {}; circle.circle = circle;",
      steps: spark("affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: circle } }"),
    },
    property: 'workflow.steps["s"].affinity.nodeAffinity',
  },
  ...eachSpark("tolerations", [
    "[{}]",
    '[{ operator: "Equal", value: "b" }]',
    '[{ key: "a b", operator: "Exists" }]',
    '[{ key: "a", operator: "Exists", value: "b" }]',
    '[{ key: "a", value: "b c" }]',
  ]),
  ...eachSpark("env", ['{ A: "a\\u0000b" }']),
  ...eachSpark("result", ['"a/"', '"manifest.json"', '"a".repeat(256)', '"a/".repeat(600) + "b"']),
  ...eachStep(
    (command) => `night.exec("e", { app: pricing, command: ${command} });`,
    'workflow.steps["e"].command[0]',
    ['["/opt/snapshot.py --date x"]', '["sh -c true"]'],
  ),
  ...eachStep(
    (command) => `night.job("j", { image: image("risk"), command: ${command} });`,
    'workflow.steps["j"].command',
    ['["sh -c true"]', '["/x", night.number(reval, "a.json#x")]'],
  ),
  ...eachStep((options) => `night.gate("g", ${options});`, 'workflow.steps["g"].timeout', [
    "{ timeout: Duration.hours(1) }",
  ]),
  ...each("steps", 'workflow.steps["s"]', [
    step(
      'const o = { app: riskApp("a.py"), args: [] }; const s = night.spark("s", o); o.args.push(night.number(s, "a.json#x"));',
    ),
    step('const o = { app: riskApp("a.py") }; night.spark("s", o); o.from = reval;'),
  ]),
  ...eachStep((path) => `night.copyOut("c", { from: inPod(pricing, ${path}) });`, 'workflow.steps["c"].from', [
    '"/" + "a".repeat(5000)',
  ]),
  ...each("schedule", "workflow.schedule.extraHolidays", [
    'nightly("22:00", { timezone: "Europe/Berlin", extraHolidays: Array.from({ length: 3000 }, (_, n) => new Date(n * 864e5).toISOString().slice(0, 10)) })',
  ]),
  ...each("apps", "apps.a.values", [`{ a: helmApp({ ${chart}, values: { x: "y".repeat(2e6) } }) }`]),
  ...each("apps", "(file)", [
    `{ a: helmApp({ ${chart}, values: { x: Array.from({ length: 300_000 }, () => ({})) } }) }`,
    `{ a: helmApp({ ${chart}, values: (() => { let deep = {}; for (let n = 0; n < 100_000; n += 1) deep = { deep }; return deep; })() }) }`,
  ]),
  ...each("whole", "export default", [
    'export const customer = defineCustomer({ name: "x" });',
    'module.exports = defineCustomer({ name: "x" });',
    "export default async () => 1;",
  ]),
];
