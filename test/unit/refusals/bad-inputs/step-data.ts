import { type BadInput, eachSpark, eachStep, NO_CPU, NO_DURATION, NO_SIZE, spark, step } from "./bad-input.ts";

/** Sizes, times, edges, arguments, results and figures of a step. */
export const stepData: readonly BadInput[] = [
  ...["from: m", 'args: [night.number(m, "a.json#x")]'].map((from) => ({
    places: {
      moreNight: "shadow: true",
      steps: step(
        `const m = night.job("m", { image: "x@sha256:${"0".repeat(64)}", results: "out/" }); night.spark("s", { app: riskApp("a.py"), ${from} });`,
      ),
    },
    property: 'workflow.steps["s"].from',
  })),
  ...eachSpark("memory", [...NO_SIZE, "Size.mebibytes(64)"]),
  ...eachSpark("driverMemory", ['"2Gi"']),
  ...eachSpark("cpu", NO_CPU),
  ...eachSpark("driverCpu", ["2"]),
  ...eachSpark("timeout", [...NO_DURATION, "Duration.millis(5)", "Duration.days(8)"]),
  ...eachSpark("endWithin", [...NO_DURATION, "Duration.millis(5)", "Duration.days(8)", '"06:00"']),
  ...eachStep((image) => `night.gate("g", { endWithin: ${image} });`, 'workflow.steps["g"].endWithin', [
    "Duration.hours(6)",
  ]),
  ...eachSpark("executors", ["-1", "1.5", "1e9", '"8"', "null", "NaN"]),
  ...eachSpark("after", ['"market"', "[undefined]", "null", "42", "[market, {}]"]),
  ...eachSpark("from", ['"market"', "null", "42", "{ a: 1 }", "market"]),
  ...eachSpark("from", ["[undefined]", '["market"]'], 'workflow.steps["s"].from[0]'),
  ...eachSpark("args", ["[night.results(reval)]", '[night.number(market, "a.json#b")]']),
  ...eachSpark(
    "args",
    ['""', '"a.json"', '"a.json#"', '"a.json#b..c"', '"../a.json#b"', '"a#b#c"', '"{{x}}.json#b"'].map(
      (place) => `[night.number(reval, ${place})]`,
    ),
    'workflow.steps["s"].args[0]',
  ),
  ...eachSpark("onRetry", ["42", '"more"', "[]"]),
  ...eachSpark("onRetry", ["{ factor: 2 }"], 'workflow.steps["s"].onRetry.factor'),
  ...eachSpark(
    "onRetry",
    ["{ memory: Size.mebibytes(64) }", '{ memory: "8Gi" }', "{ memory: Size.gibibytes(NaN) }"],
    'workflow.steps["s"].onRetry.memory',
  ),
  ...eachSpark("onRetry", ["{ driverCpu: Cpu.millis(0) }"], 'workflow.steps["s"].onRetry.driverCpu'),
  ...eachSpark(
    "onRetry",
    ["{ executors: -1 }", "{ executors: 2 }, dynamicAllocation: { min: 1, max: 2 }"],
    'workflow.steps["s"].onRetry.executors',
  ),
  {
    places: { steps: spark("onRetry: { memory: Size.tebibytes(1) }") },
    property: "cluster.capacity.memory",
    elsewhere: true,
  },
  ...eachSpark(
    "onRetry",
    ["{ memory: Size.gibibytes(2) }, memory: Size.gibibytes(4)", "{ memory: Size.gibibytes(1) }"],
    'workflow.steps["s"].onRetry.memory',
  ),
  ...eachSpark("onRetry", ["{ driverMemory: Size.gibibytes(1) }"], 'workflow.steps["s"].onRetry.driverMemory'),
  ...eachSpark("onRetry", ["{ executors: 1 }"], 'workflow.steps["s"].onRetry.executors'),
  ...eachSpark(
    "onRetry",
    ["{ driverMemoryOverhead: Size.mebibytes(400) }, driverMemoryOverhead: Size.mebibytes(500)"],
    'workflow.steps["s"].onRetry.driverMemoryOverhead',
  ),
  ...eachStep(
    (onRetry) => `night.job("j", { image: image("risk"), onRetry: ${onRetry} });`,
    'workflow.steps["j"].onRetry.memory',
    ["{ memory: Size.mebibytes(512) }"],
  ),
  {
    places: {
      moreNight: "defaults: { spark: { onRetry: { executors: 4 } } }",
      steps: spark("dynamicAllocation: { min: 1, max: 2 }"),
    },
    property: "workflow.defaults.spark.onRetry.executors",
  },
  {
    places: {
      moreNight: "defaults: { job: { onRetry: { memory: Size.gibibytes(2) } } }",
      steps: step('night.job("j", { image: image("risk"), memory: Size.gibibytes(4) });'),
    },
    property: "workflow.defaults.job.onRetry.memory",
  },
  ...eachStep(
    (from) =>
      `const m = night.job("m", { image: "x@sha256:${"0".repeat(64)}", results: "out/", when: "month-end" }); night.spark("s", { app: riskApp("a.py"), ${from} });`,
    'workflow.steps["s"].when',
    ["from: m", 'args: [night.number(m, "a.json#x")]', 'from: m, when: "half-day"'],
  ),
  ...eachSpark("figures", ["42", '"var.json#var"', "[]", '{ VaR: "v.json#var" }, results: false']),
  ...eachSpark("figures", [`Object.fromEntries(Array.from({ length: 21 }, (_, n) => ["f" + n, "v.json#var"]))`]),
  ...eachSpark(
    "figures",
    ["5", '"var.json"', '"../v.json#var"', '"v.json#"', "{}"].map((one) => `{ VaR: ${one} }`),
    'workflow.steps["s"].figures.VaR',
  ),
  ...eachSpark("figures", ['{ "{{x}}": "v.json#var" }', '{ "a<b>": "v.json#var" }'], 'workflow.steps["s"].figures'),
  ...eachSpark(
    "figures",
    ['"20"', "20", '"0%"', '"-5%"', '"lots"'].map((most) => `{ VaR: { place: "v.json#var", maxJump: ${most} } }`),
    'workflow.steps["s"].figures.VaR.maxJump',
  ),
  ...eachSpark("args", ["[night.word(reval, 5)]"], 'workflow.steps["s"].args[0].place'),
  ...eachSpark("args", ['[night.word("reval", "a.json#b")]'], 'workflow.steps["s"].args[0].step'),
  ...eachSpark("when", ['"monthly"', "true"]),
  ...eachSpark("inShadow", ['"yes"']),
  ...eachSpark("input", ['"yes"']),
  ...eachSpark("result", ["1", '"../x"', '""']),
  ...eachSpark("args", ['"--scenarios 2000"', "42"]),
  ...eachSpark(
    "args",
    [
      "[5, true, null]",
      '["{{workflow.name}}"]',
      '["{{nope}}"]',
      '["{{"]',
      "[\"{{=sprig.env('PATH')}}\"]",
      '["a\\u0000b"]',
    ],
    'workflow.steps["s"].args[0]',
  ),
];
