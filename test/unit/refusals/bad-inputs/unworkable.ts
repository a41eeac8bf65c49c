import { type BadInput, chart, each, eachSpark, eachStep } from "./bad-input.ts";

/** What cannot work as it is, although each part of it is well-formed. */
export const hopeless: readonly BadInput[] = [
  ...eachSpark("conf", ['{ "spark.executorEnv.BUSINESS_DATE": "1999-01-01" }', '{ "spark.executorEnv.REGION": "eu" }']),
  ...eachSpark(
    "conf",
    ['"8"', '"0"', '"x"'].map((cpus) => `{ "spark.task.cpus": ${cpus} }`),
  ),
  ...eachSpark(
    "env",
    ["SPARK_EXECUTOR_ID", "SPARK_APPLICATION_ID", "SPARK_CONF_DIR", "SPARK_JAVA_OPT_0"].map(
      (name) => `{ ${name}: "1" }`,
    ),
  ),
  ...eachSpark("env", ['{ A: night.number(reval, "a.json#b") }', '{ A: night.word(reval, "a.json#b") }']),
  ...eachSpark("conf", ['{ "spark.a": night.number(reval, "a.json#b") }']),
  ...eachSpark("figures", ['{ a: night.number(reval, "a.json#b") }']),
  ...eachSpark("timeout", ["Duration.seconds(1)", "Duration.seconds(29)"]),
  ...eachSpark("startWithin", [
    "Duration.seconds(1)",
    "Duration.hours(1), endWithin: Duration.minutes(30)",
    "Duration.hours(1), timeout: Duration.hours(1)",
  ]),
  ...eachSpark("endWithin", ["Duration.seconds(1)"]),
  ...eachSpark("volumes", [
    '{ "/var/run/secrets/kubernetes.io/serviceaccount": secretFiles("x") }',
    '{ "/run/secrets": secretFiles("x") }',
    '{ "/var": secretFiles("x") }',
    '{ "/proc/x": secretFiles("x") }',
  ]),
  ...eachSpark("eventLog", ['"http://x/logs"', '"https://x/logs"', '"local:///x"']),
  ...eachSpark("results", ['"x".repeat(256) + "/"']),
  ...eachStep(
    (memory) => `night.job("j", { image: image("risk"), memory: ${memory} });`,
    'workflow.steps["j"].memory',
    ["Size.mebibytes(1)"],
  ),
  ...eachSpark(
    "args",
    ['night.path("a\\nb")', "night.path(5)", "night.path(undefined)", "night.path({})", "night.path()"].map(
      (path) => `[${path}]`,
    ),
    'workflow.steps["s"].args[0]',
  ),
  ...eachSpark("env", ['{ ["__proto__"]: "x" }'], 'workflow.steps["s"].env.__proto__'),
  ...each("apps", "apps.a.values.__proto__", [`{ a: helmApp({ ${chart}, values: { ["__proto__"]: { a: 1 } } }) }`]),
  ...each("apps", "apps.a.values.n", [`{ a: helmApp({ ${chart}, values: { n: 10n } }) }`]),
];
