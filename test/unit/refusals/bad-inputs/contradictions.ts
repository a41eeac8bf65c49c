import { type BadInput, eachSpark, eachStep } from "./bad-input.ts";

const digest = "0".repeat(64);

/** Two things that contradict each other, of which one would silently win; names that Kubernetes would drop. */
export const contradictions: readonly BadInput[] = [
  ...eachSpark("executors", ["3, dynamicAllocation: { min: 2, max: 8 }"]),
  ...eachSpark(
    "hadoopConf",
    ['{ "spark.hadoop.fs.s3a.endpoint": "x" }'],
    'workflow.steps["s"].hadoopConf["spark.hadoop.fs.s3a.endpoint"]',
  ),
  ...eachSpark("affinity", ["{ nodeAfinity: {} }"], 'workflow.steps["s"].affinity.nodeAfinity'),
  ...eachSpark("affinity", ["{ podAntiAffinity: { required: [] } }"], 'workflow.steps["s"].affinity.podAntiAffinity'),
  ...eachSpark(
    "executorPodTemplate",
    [
      "{ spec: { containerz: [] } }",
      "{ spec: { hostAliases: [], nodSelector: {} } }",
      "{ hostAliases: [] }",
      '{ spec: { containers: [{ name: "executor", envv: [] }] } }',
      "{ spec: { containers: {} } }",
    ],
    'workflow.steps["s"].executorPodTemplate.',
  ),
  ...eachSpark("cpu", ["Cpu.millis(2)"]),
  ...eachSpark("driverCpu", ["Cpu.millis(2)"]),
  ...eachStep((cpu) => `night.job("j", { image: image("risk"), cpu: ${cpu} });`, 'workflow.steps["j"].cpu', [
    "Cpu.millis(2)",
  ]),
  ...eachSpark(
    "figures",
    ['{ VaR: { place: "v.json#var", maxJump: "2000%" } }'],
    'workflow.steps["s"].figures.VaR.maxJump',
  ),
  ...eachStep((image) => `night.job("j", { image: ${image} });`, 'workflow.steps["j"].image', [
    `"registry.example/Risk@sha256:${digest}"`,
    `"Risk@sha256:${digest}"`,
    `"registry.example/risk @sha256:${digest}"`,
    `"registry.example/risk@sha256:abc"`,
    `"registry.example/risk@md5:${digest}"`,
    `"registry.example/a//b@sha256:${digest}"`,
    `"registry.example/risk@sha256:${digest.replace("0", "A")}"`,
  ]),
  ...eachStep(
    (out) => `night.job("limits", { image: image("risk"), results: "out/", args: ["--out", ${out}] });`,
    'workflow.steps["limits"].args',
    ['night.path("limit/out")', 'night.path("reval/out")', 'night.path("limit/out/")'],
  ),
];
