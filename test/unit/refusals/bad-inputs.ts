import { certificate } from "../../support/certificates.ts";
import { night, type Places } from "../../support/customer-text.ts";

/** A customer file with one fault, and the property that its message must name. */
export interface BadInput {
  readonly places: Places;
  readonly property: string;
  /** What is wrong stands on another line than what was written: the fault is that both do not go together. */
  readonly elsewhere?: true;
}

/** What no text of a message may ever hold. */
export const SECRET = "hunter2";

/** Values of every other kind than the one that is asked for. */
const OTHER_KINDS = ["42", "true", "null", '"text"', "[]", "{}", "() => 1", "Symbol.iterator", "10n", "NaN"] as const;

function otherThan(...kinds: readonly string[]): readonly string[] {
  return OTHER_KINDS.filter((kind) => !kinds.includes(kind));
}

/** One bad input for each text in one place of the file. */
function each(place: keyof Places, property: string, texts: readonly string[]): readonly BadInput[] {
  return texts.map((text) => ({ places: { [place]: text }, property }));
}

/** A step of the night with these options beside what it needs. */
function spark(options: string): string {
  const app = options.startsWith("app:") ? "" : 'app: riskApp("a.py"), ';
  return `(night) => { ${night(`night.spark("s", { ${app}${options} });`)} }`;
}
function step(call: string): string {
  return `(night) => { ${night(call)} }`;
}
function eachSpark(
  name: string,
  values: readonly string[],
  property = `workflow.steps["s"].${name}`,
): readonly BadInput[] {
  return values.map((value) => ({ places: { steps: spark(`${name}: ${value}`) }, property }));
}
function eachStep(call: (value: string) => string, property: string, values: readonly string[]): readonly BadInput[] {
  return values.map((value) => ({ places: { steps: step(call(value)) }, property }));
}

const NO_SIZE = [...OTHER_KINDS, '"2Gi"', "Size.gibibytes(Infinity)", "Size.gibibytes(NaN)", "Cpu.units(1)"];
const NO_CPU = [
  ...OTHER_KINDS,
  '"16"',
  "Cpu.units(Infinity)",
  "Cpu.units(NaN)",
  'Cpu.units("many")',
  "Size.gibibytes(1)",
];
const NO_DURATION = [...OTHER_KINDS, '"4h"', "3600", "Duration.days(4000)", "Size.gibibytes(1)"];
/** Spark properties with which each executor has a GPU. */
const DEVICES = {
  "spark.executor.resource.gpu.amount": "1",
  "spark.executor.resource.gpu.vendor": "nvidia.com",
  "spark.executor.resource.gpu.discoveryScript": "/opt/spark/gpus.sh",
  "spark.task.resource.gpu.amount": "1",
};
const capacity = "{ cpu: Cpu.units(16), memory: Size.gibibytes(64) }";

/** A cluster with these proxies instead of an address. */
function proxied(property: string, proxies: readonly string[]): readonly BadInput[] {
  return proxies.map((proxy) => ({ places: { address: "", moreCluster: `proxy: ${proxy}` }, property }));
}

const identity: readonly BadInput[] = [
  ...each("name", "name", ["", '"Bad Bank"', '"platform"', ...otherThan()]),
  ...each("displayName", "displayName", ['"a\\nb"', '"x".repeat(81)', '"{{ .Missing"', '""', ...otherThan('"text"')]),
  ...each("more", "finishby", ['finishby: "03:00"']),
  ...each("more", "lanes", ["lanes: { runners: 3 }"]),
  ...each("more", "token", [`token: "${SECRET}"`]),
];

const cluster: readonly BadInput[] = [
  ...each("cluster", "cluster", ["", ...otherThan("{}")]),
  ...each("cluster", "cluster.server", ["{}"]),
  ...each("server", "cluster.server", [
    "",
    '"http://x.example"',
    '"https://k8s_prod.badbank.example:6443"',
    '"https://k8s.badbank.example.:6443"',
    '"https://rancher.badbank.example/k8s/clusters/c-m-abc123?x"',
    '"https://k8s.badbank.example:99999"',
    `"https://admin:${SECRET}@k8s.badbank.example:6443"`,
    `"https://k8s.badbank.example:6443/?token=${SECRET}"`,
    `"https://k8s.badbank.example:6443/#${SECRET}"`,
    '"https://localhost:6443"',
    '"https://kubernetes.default:6443"',
    '"https://10.1.2.3:6443"',
    ...otherThan(),
  ]),
  ...each("address", "cluster.address", [
    "",
    '"10.64.99"',
    '"127.0.0.1"',
    '"2001:db8::/64"',
    '"fe80::1"',
    "[]",
    '["10.65.0.1", "10.65.0.1"]',
    '"k8s.badbank.example"',
    ...otherThan(),
  ]),
  {
    places: { moreCluster: 'proxy: { address: "10.65.0.9", port: 3128 }' },
    property: "cluster.address",
    elsewhere: true,
  },
  ...proxied("cluster.proxy", otherThan("{}")),
  ...proxied("cluster.proxy.address", [
    "{}",
    "{ port: 3128 }",
    ...otherThan().map((address) => `{ address: ${address}, port: 3128 }`),
    '{ address: "proxy.badbank.example", port: 3128 }',
    '{ address: "10.65.0.9/32", port: 3128 }',
    '{ address: "169.254.169.254", port: 3128 }',
    '{ address: "10.64.0.10", port: 3128 }',
    '{ address: ["10.65.0.9", "10.65.0.8"], port: 3128 }',
  ]),
  ...proxied("cluster.proxy.port", [
    '{ address: "10.65.0.9" }',
    ...otherThan("42").map((port) => `{ address: "10.65.0.9", port: ${port} }`),
    ...["0", "-1", "65536", "3128.5", "Infinity", '"3128"'].map((port) => `{ address: "10.65.0.9", port: ${port} }`),
  ]),
  ...proxied("cluster.proxy.password", [`{ address: "10.65.0.9", port: 3128, password: "${SECRET}" }`]),
  ...proxied("cluster.proxy.url", [`{ address: "10.65.0.9", port: 3128, url: "http://us:${SECRET}@proxy.example" }`]),
  ...proxied("cluster.proxy", [`"http://us:${SECRET}@10.65.0.9:3128"`]),
  ...["https://127.0.0.1:6443", "https://localhost:6443"].map((server) => ({
    places: { server: `"${server}"`, address: "", moreCluster: 'proxy: { address: "10.65.0.9", port: 3128 }' },
    property: "cluster.server",
  })),
  ...each("moreCluster", "cluster.proxyUrl", [`proxyUrl: "http://us:${SECRET}@10.65.0.9:3128"`]),
  ...each("ca", "cluster.ca", [
    "",
    '"/etc/ca.crt"',
    `pem\`${certificate("expired")}\``,
    `\`-----BEGIN PRIVATE KEY-----\\n${SECRET}\\n-----END PRIVATE KEY-----\``,
    `\`${certificate("valid")}-----BEGIN EC PRIVATE KEY-----\\n${SECRET}\``,
    ...otherThan(),
  ]),
  ...each("capacity", "cluster.capacity", ["", ...otherThan("{}")]),
  ...NO_CPU.map((cpu) => ({
    places: { capacity: `{ cpu: ${cpu}, memory: Size.gibibytes(64) }` },
    property: "cluster.capacity.cpu",
  })),
  ...NO_SIZE.map((size) => ({
    places: { capacity: `{ cpu: Cpu.units(16), memory: ${size} }` },
    property: "cluster.capacity.memory",
  })),
  ...each("capacity", "cluster.capacity.cpu", [
    "{ memory: Size.gibibytes(64) }",
    "{ cpu: Cpu.units(0), memory: Size.gibibytes(64) }",
  ]),
  ...each("capacity", "cluster.capacity.cores", [capacity.replace("{", "{ cores: 4,")]),
  ...each("moreCluster", "cluster.namespace", [
    'namespace: "default"',
    'namespace: "kube-system"',
    "namespace: 7",
    'namespace: "Risk!"',
  ]),
  ...each("moreCluster", "cluster.resultsStorageClass", ['resultsStorageClass: "My Class!"', "resultsStorageClass: 1"]),
  ...each("moreCluster", "cluster.resultsSize", ['resultsSize: "20Gi"', "resultsSize: Size.gibibytes(0)"]),
  ...each("moreCluster", "cluster.namespce", ['namespce: "risk"']),
  ...each("moreCluster", "cluster.serverName", ['serverName: "k8s"']),
];

const credentials: readonly BadInput[] = [
  ...each("credentials", "credentials", otherThan("{}")),
  ...each("more", "credential", ['credential: { kubeconfig: gitlabFile("CUSTOMER_OTHER") },']),
  ...each("credentials", "credentials.kubeconfig", [
    "{}",
    `{ kubeconfig: "apiVersion: v1, token: ${SECRET}" }`,
    `{ kubeconfig: "${SECRET}" }`,
    `{ kubeconfig: gitlabFile("apiVersion: v1 token: ${SECRET}") }`,
    '{ kubeconfig: gitlabFile("kubeconfig") }',
    '{ kubeconfig: gitlabFile("KUBECONFIG") }',
    '{ kubeconfig: gitlabFile("FINGERPRINT_KEY") }',
    '{ kubeconfig: gitlabFile("PULUMI_CONFIG_PASSPHRASE_FILE") }',
    '{ kubeconfig: gitlabFile("AWS_WEB_IDENTITY_TOKEN_FILE") }',
    '{ kubeconfig: gitlabFile("PATH") }',
    '{ kubeconfig: pulumiSecret("kube config") }',
    "{ kubeconfig: undefined }",
  ]),
  ...each("credentials", "credentials.kubeconfig.variable", [
    "{ kubeconfig: gitlabFile(7) }",
    "{ kubeconfig: gitlabFile() }",
  ]),
  ...each("credentials", "credentials.kubeconfig.key", ["{ kubeconfig: pulumiSecret(7) }"]),
  ...each("credentials", "credentials.token", [
    '{ kubeconfig: gitlabFile("CUSTOMER_KUBECONFIG"), token: undefined }',
    `{ kubeconfig: gitlabFile("CUSTOMER_KUBECONFIG"), token: "${SECRET}" }`,
  ]),
  ...each("credentials", "credentials.kubeconifg", ['{ kubeconifg: gitlabFile("CUSTOMER_KUBECONFIG") }']),
  ...each("credentials", "credentials.appsKubeconfig", [
    '{ kubeconfig: gitlabFile("CUSTOMER_KUBECONFIG"), appsKubeconfig: gitlabFile("APPS_KUBECONFIG") }',
  ]),
];

const lane: readonly BadInput[] = [
  ...each("lane", "lane", otherThan("{}")),
  ...each("lane", "lane.runners", ["{ runners: 0 }", "{ runners: 1e9 }", '{ runners: "4" }', "{ runners: Infinity }"]),
  ...each("lane", "lane.resultsSize", [
    "{ resultsSize: 20 }",
    "{ resultsSize: Size.gibibytes(0) }",
    '{ resultsSize: "20Gi" }',
  ]),
  ...each("lane", "lane.resultsStorageClass", ['{ resultsStorageClass: "My Class!" }']),
  ...each("lane", "lane.keepResults", ["{ keepResults: 90 }", "{ keepResults: Duration.days(1) }"]),
  ...each("lane", "lane.keepLogs", ['{ keepLogs: "30d" }', "{ keepLogs: Duration.days(91) }"]),
  ...each("lane", "lane.runnres", ["{ runnres: 4 }"]),
];

const chart = 'repository: "https://git.x.example/a.git", revision: "v1.0.0", chart: "charts/a"';
const apps: readonly BadInput[] = [
  ...each("apps", "apps", otherThan("{}", "[]")),
  ...each("apps", "apps.a", ["{ a: pricing && 7 }", "{ a: undefined }"]),
  ...each("apps", "apps.a", ["{ a: helmApp({}) }"]),
  ...each("apps", "apps.a.repository", [
    `{ a: helmApp({ ${chart}, repository: "https://u:${SECRET}@git.x.example/a.git" }) }`,
  ]),
  ...each("apps", "apps.a.revision", [`{ a: helmApp({ ${chart}, revision: "main" }) }`]),
  ...each("apps", "apps.a.chart", [`{ a: helmApp({ ${chart}, chart: "../x" }) }`]),
  ...each("apps", "apps.a.valuse", [`{ a: helmApp({ ${chart}, valuse: {} }) }`]),
  {
    places: {
      before: "const circle = {}; circle.circle = circle;",
      apps: `{ a: helmApp({ ${chart}, values: circle }) }`,
    },
    property: "apps.a.values.circle",
  },
  ...each("apps", "apps.a.values.x", [`{ a: helmApp({ ${chart}, values: { x: () => 1 } }) }`]),
  ...each("apps", "apps.a.values", [
    `{ a: helmApp({ ${chart}, values: { db: { password: "${SECRET}" } } }) }`,
    `{ a: helmApp({ ${chart}, values: { url: ["amqp://u:${SECRET}@mq.bank.example"] } }) }`,
    `{ a: helmApp({ ${chart}, values: { image: "" + {} } }) }`,
  ]),
  ...each("apps", 'apps.a.labels["a b"]', [`{ a: helmApp({ ${chart}, labels: { "a b": "c" } }) }`]),
];

const schedule: readonly BadInput[] = [
  ...each("schedule", "workflow.schedule", [
    "",
    '"22:00"',
    "42",
    "null",
    'nightly("25:00", { timezone: "Europe/Berlin" })',
    'nightly("9:5", { timezone: "UTC" })',
  ]),
  ...each("schedule", "workflow.schedule.start", [
    'nightly(undefined, { timezone: "UTC" })',
    'nightly(22, { timezone: "UTC" })',
  ]),
  ...each("schedule", "workflow.schedule.timezone", [
    'nightly("22:00")',
    'nightly("22:00", "Europe/Berlin")',
    'nightly("22:00", {})',
    'nightly("22:00", { timezone: "CET" })',
    'nightly("22:00", { timezone: "Mars/Base" })',
    'nightly("22:00", { timezone: 1 })',
  ]),
  ...[
    ["calendar", 'calendar: "NYSE"'],
    ["calendar", "calendar: 3"],
    ["weekend", 'weekend: "sunday"'],
    ["weekend[0]", 'weekend: ["caturday"]'],
    ["extraHolidays", 'extraHolidays: "2026-12-24"'],
    ["extraHolidays[0]", 'extraHolidays: ["2026-02-30"]'],
    ["extraHolidays[0]", "extraHolidays: [20261224]"],
    ['extraHolidays["2026-12-24"]', 'extraHolidays: { "2026-12-24": 5 }'],
    ["halfDays", "halfDays: 7"],
    ["workedDays", "workedDays: true"],
    ["noNight", 'noNight: ["2026-12-23"]'],
    ["extraHoliday", 'extraHoliday: ["2026-12-24"]'],
    ["extra_holidays", 'extra_holidays: ["2026-12-24"]'],
  ].map(([property, option]) => ({
    places: { schedule: `nightly("22:00", { timezone: "Europe/Berlin", ${option} })` },
    property: `workflow.schedule.${property}`,
  })),
];

const workflow: readonly BadInput[] = [
  ...each("workflow", "workflow", ["", "{}", ...otherThan("{}")]),
  ...each("workflow", "workflow.steps", ["sparkRiskWorkflow()", "sparkRiskWorkflow({})"]),
  ...each("moreNight", "workflow.finishBy", ['finishBy: "never"', "finishBy: 6", 'finishBy: "24:00"']),
  ...each("moreNight", "workflow.startBy", ["startBy: 22", 'startBy: "21:00"']),
  ...each("moreNight", "workflow.inputsBy", ["inputsBy: true"]),
  ...each("moreNight", "workflow.shadow", ['shadow: "yes"', "shadow: 1"]),
  ...each("moreNight", "workflow.finishby", ['finishby: "03:00"']),
  ...each("moreNight", "workflow.retries", ["retries: 3"]),
  ...each("steps", "workflow.steps", [
    "",
    ...otherThan("[]", "() => 1"),
    "() => {}",
    "async (night) => { night.gate('x'); }",
  ]),
  ...each("steps", "workflow.steps", [
    step('const a = night.gate("a"); const b = night.gate("b", { after: a }); a.runsAfter(b);'),
  ]),
];

const steps: readonly BadInput[] = [
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
  ...eachSpark("app", ["undefined", "7", '"a.py"']),
  ...eachSpark(
    "app",
    ['{ image: "registry.example/risk:latest", main: "/x.py" }', "pricing"],
    'workflow.steps["s"].app.image',
  ),
  ...eachSpark(
    "app",
    [
      '{ ...riskApp("a.py"), main: "x.py" }',
      '{ ...riskApp("a.py"), main: "--conf" }',
      'riskApp("")',
      'riskApp("../../bin/sh")',
      "riskApp(7)",
      "riskApp()",
    ],
    'workflow.steps["s"].app.main',
  ),
  ...["executers: 8", "retrys: 3", "timout: 1", "sparkConf: {}", "enf: {}", "toleration: []"].map((wish) => ({
    places: { steps: spark(wish) },
    property: `workflow.steps["s"].${wish.split(":")[0]}`,
  })),
  ...eachSpark(
    "app",
    [
      'sparkApp({ image: image("risk") })',
      'sparkApp({ image: image("risk"), mainClass: "a.B" })',
      'sparkApp({ image: image("risk"), main: "/a.py", mainClass: "a.B", jar: "/a.jar" })',
    ],
    'workflow.steps["s"].app.main',
  ),
  ...eachSpark(
    "app",
    ['sparkApp({ image: image("risk"), mainClass: "a b", jar: "/a.jar" })'],
    'workflow.steps["s"].app.mainClass',
  ),
  ...eachSpark(
    "app",
    ['sparkApp({ image: image("risk"), mainClass: "a.B", jar: "a.jar" })'],
    'workflow.steps["s"].app.jar',
  ),
  ...eachSpark("app", ['{ ...riskApp("a.py"), pyFiles: ["/a.zip,/b.zip"] }'], 'workflow.steps["s"].app.pyFiles'),
  ...eachSpark(
    "app",
    ['sparkApp({ image: "registry.example/risk:latest", main: "/a.py" })'],
    'workflow.steps["s"].app.image',
  ),
  ...eachSpark("conf", ['"a=b"', "[]", "5"]),
  ...[
    "spark.master",
    "spark.driver.host",
    "spark.executor.memory",
    "spark.executor.instances",
    "spark.dynamicAllocation.enabled",
    "spark.driver.extraJavaOptions",
    "spark.driver.defaultJavaOptions",
    "spark.executor.defaultJavaOptions",
    "spark.driver.resource.gpu.amount",
    "spark.hadoop.fs.s3a.endpoint",
    "spark.eventLog.dir",
    "spark.ui.enabled",
    "spark.jars",
    "spark.kubernetes.namespace",
    "spark.local.dir",
    "fs.s3a.endpoint",
    "spark.a b",
  ].flatMap((name) => eachSpark("conf", [`{ ${JSON.stringify(name)}: "x" }`], `workflow.steps["s"].conf["${name}"]`)),
  ...["spark.my.password", "spark.hadoop.fs.s3a.secret.key", "spark.kubernetes.driver.secrets.kdb"].flatMap((name) =>
    eachSpark("conf", [`{ "${name}": "${SECRET}" }`], `workflow.steps["s"].conf["${name}"]`),
  ),
  ...eachSpark(
    "hadoopConf",
    ['{ "fs.s3a.secret.key": "hunter2" }'],
    'workflow.steps["s"].hadoopConf["fs.s3a.secret.key"]',
  ),
  ...eachSpark("jvmOptions", ['"-Xss4m"', "[5]"]),
  ...eachSpark(
    "jvmOptions",
    [
      '["-Xmx4g"]',
      '["-XX:MaxRAMPercentage=80"]',
      '["-XX:MinRAMPercentage=90"]',
      '["-XX:MaxRAM=8g"]',
      '["-Dspark.foo=1"]',
      '["-Da=-Xmx4g"]',
      '["-Da=b -Dc=d"]',
      '["Da=b"]',
    ],
    'workflow.steps["s"].jvmOptions[0]',
  ),
  ...["JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "SPARK_SUBMIT_OPTS"].flatMap((name) =>
    eachSpark(
      "env",
      [`{ ${name}: "-Da=b -Xmx4g" }`, `{ ${name}: "-Dspark.foo=1" }`],
      `workflow.steps["s"].env["${name}"]`,
    ),
  ),
  ...eachSpark(
    "executorPodTemplate",
    ['{ spec: { containers: [{ name: "executor", env: [{ name: "JAVA_TOOL_OPTIONS", value: "-Xmx4g" }] }] } }'],
    'workflow.steps["s"].executorPodTemplate.spec.containers[0].env[0]',
  ),
  ...(
    [
      ["executor.resource.gpu.amount", { "spark.executor.resource.gpu.amount": "0" }],
      ["executor.resource.gpu.amount", { "spark.executor.resource.gpu.amount": undefined }],
      ["executor.resource.gpu.vendor", { "spark.executor.resource.gpu.vendor": undefined }],
      ["executor.resource.gpu.vendor", { "spark.executor.resource.gpu.vendor": "NVIDIA Inc" }],
      ["executor.resource.gpu.discoveryScript", { "spark.executor.resource.gpu.discoveryScript": undefined }],
      ["executor.resource.gpu.discoveryScript", { "spark.executor.resource.gpu.discoveryScript": "gpus.sh" }],
      ["task.resource.gpu.amount", { "spark.task.resource.gpu.amount": undefined }],
      ["task.resource.gpu.amount", { "spark.task.resource.gpu.amount": "1.5" }],
      ["task.resource.gpu.amount", { "spark.task.resource.gpu.amount": "2" }],
      ["executor.resource.gpu.amont", { "spark.executor.resource.gpu.amont": "1" }],
    ] as const
  ).flatMap(([name, change]) =>
    eachSpark("conf", [JSON.stringify({ ...DEVICES, ...change })], `workflow.steps["s"].conf["spark.${name}"]`),
  ),
  ...eachSpark("dynamicAllocation", [
    "true",
    "{}",
    "{ min: 2 }",
    "{ min: 0, max: 2 }",
    "{ min: 4, max: 2 }",
    "{ min: 1, max: 1e9 }",
  ]),
  ...eachSpark("memoryOverhead", ["5", "Size.mebibytes(100)", "Size.gibibytes(2)"]),
  ...eachSpark("driverMemoryOverhead", ["Size.mebibytes(1)"]),
  ...eachSpark("eventLog", ["5", '"/logs"', '"s3a://a b"']),
  ...eachSpark("localDisk", [...NO_SIZE, "Size.mebibytes(100)"]),
  ...eachSpark("ui", ['"yes"']),
  ...eachSpark("executorPodTemplate", ['"spec: {}"', "[]"]),
  ...eachSpark("startWithin", ["60", "Duration.days(30)"]),
  ...eachSpark("env", ['{ RESULTS_DIR: "/results/x" }'], 'workflow.steps["s"].env["RESULTS_DIR"]'),
  ...eachSpark("env", ["[]", '"A=B"', "{ A: 5 }", "{ A: secretKey() }"]),
  ...eachSpark("env", [
    '{ "A-B": "x" }',
    '{ NIGHT_DIR: "x" }',
    '{ DB_PASSWORD: "hunter2" }',
    '{ A: secretKey("No Name", "k") }',
  ]),
  ...eachSpark("volumes", [
    '{ "/etc/kdb": "kdb" }',
    '{ "etc/kdb": secretFiles("kdb") }',
    '{ "/results/x": secretFiles("kdb") }',
    '{ "/s": scratch(Size.gibibytes(0)) }',
    '{ "/c": claim("No Claim") }',
  ]),
  ...eachSpark("tolerations", ["{}", '[{ key: "a", effect: "Never" }]', '[{ kee: "a" }]']),
  ...eachSpark("nodeSelector", ['"ssd"', '{ "a b": "c" }']),
  ...eachSpark("affinity", ['"spread"']),
  ...eachSpark("priorityClass", ["5", '"High Priority"']),
  ...eachSpark("serviceAccount", ['"My Account"']),
  ...eachSpark("imagePullSecrets", ['"registry"', '["My Registry"]']),
  ...eachSpark("labels", ["[]", '{ "a b": "c" }', '{ "nightlane/night": "x" }']),
  ...eachSpark("annotations", ['{ "nightlane/executor-template": "x" }', "{ a: 5 }"]),
  ...eachSpark("retries", [
    "2",
    "{}",
    "{ times: 0 }",
    "{ times: 99 }",
    "{ times: 1, exitCodes: [] }",
    "{ times: 1, exitCodes: [0] }",
    "{ times: 1, exitCode: [1] }",
    '{ times: 1, exitCodes: ["OOMkilled"] }',
    "{ times: 1, exitCodes: [256] }",
    "{ times: 1, pause: 60 }",
    "{ times: 1, pause: Duration.seconds(9) }",
    "{ times: 1, pause: Duration.hours(7) }",
  ]),
  ...eachSpark("group", ["8", '"portfolios"', "{ atOnce: 8 }", "{}", "[]", "market"]),
  ...eachStep(
    (atOnce) => `night.spark("s", { app: riskApp("a.py"), group: night.group("desks", { atOnce: ${atOnce} }) });`,
    'workflow.steps["s"].group.atOnce',
    [...['"8"', "0", "-1", "1.5", "401", "NaN", "undefined"]],
  ),
  ...eachStep(
    (name) => `night.spark("s", { app: riskApp("a.py"), group: night.group(${name}, { atOnce: 8 }) });`,
    'workflow.steps["s"].group.name',
    [...['"Desks"', '""', "5", '"a-"', '"portfolios-of-all-desks"']],
  ),
  ...eachStep(
    (atOnce) =>
      `night.spark("s", { app: riskApp("a.py"), group: night.group("desks", { atOnce: 8 }) }); night.spark("t", { app: riskApp("a.py"), group: night.group("desks", { atOnce: ${atOnce} }) });`,
    'workflow.steps["t"].group.atOnce',
    ["7"],
  ),
  ...eachStep((group) => `night.gate("g", { group: ${group} });`, 'workflow.steps["g"].group', [
    'night.group("desks", { atOnce: 8 })',
  ]),
  ...each("moreNight", "workflow.stepsAtOnce", ['stepsAtOnce: "8"', "stepsAtOnce: 0", "stepsAtOnce: 1.5"]),
  ...eachSpark("user", ["0", '"root"', "1.5"]),
  ...eachSpark("results", ["1", "[]", '"no"', '"/"', '"../"', '"./"', '"a/b/"', '"out put/"', '"{{x}}/"']),
  ...eachSpark("results", ['false, result: "var.json"'], 'workflow.steps["s"].result'),
  ...eachStep((image) => `night.job("j", { image: ${image} });`, 'workflow.steps["j"].image', [
    "undefined",
    "5",
    '"risk"',
    '"registry.example/risk:latest"',
  ]),
  ...eachStep((options) => `night.job("j", { image: image("risk"), ${options} });`, 'workflow.steps["j"].', [
    'command: "a b"',
    "command: []",
    "args: [5]",
    'parallelism: "4"',
    "parallelism: 0",
    "parallelism: 1e6",
    "cpu: Cpu.units(0)",
    "memory: 5",
    "results: 1",
    'result: "a.csv"',
    "executors: 2",
    'env: { TOKEN: "hunter2" }',
  ]),
  ...each("moreNight", "workflow.defaults", [
    "defaults: 5",
    "defaults: { sparc: {} }",
    "defaults: { spark: { executors: -1 } }",
    'defaults: { spark: { conf: { "spark.master": "local" } } }',
    "defaults: { spark: { memory: 5 } }",
  ]),
  ...eachStep((name) => `night.gate(${name});`, "workflow.steps", ['"Wrong Name"', '""', "undefined", "7", '"market"']),
  ...eachStep((message) => `night.gate("g", { message: ${message} });`, 'workflow.steps["g"].message', [
    "5",
    '""',
    '"VaR {{nope}}"',
    '"a\\nb"',
    '"x".repeat(301)',
  ]),
  ...eachStep((approvers) => `night.gate("g", { approvers: ${approvers} });`, 'workflow.steps["g"].approvers', [
    "5",
    '["risk-control"]',
    '""',
    '" risk-control"',
    '"a\\nb"',
    '"system:authenticated"',
    '"x".repeat(254)',
  ]),
  ...eachStep((approvals) => `night.gate("g", { approvals: ${approvals} });`, 'workflow.steps["g"].approvals', [
    '"2"',
    "0",
    "1.5",
    "10",
    "NaN",
  ]),
  ...eachStep((options) => `night.exec("e", ${options});`, 'workflow.steps["e"].command', [
    "undefined",
    "{ app: pricing }",
    '{ app: pricing, command: "/opt/snapshot.py --date x" }',
    "{ app: pricing, command: [] }",
  ]),
  ...eachStep((word) => `night.exec("e", { app: pricing, command: [${word}] });`, 'workflow.steps["e"].command[0]', [
    '"{{workflow.parameters.nope}}"',
    '"{" + night.businessDate',
    "7",
    '"a\\u0000"',
  ]),
  ...eachStep((app) => `night.exec("e", { app: ${app}, command: ["x"] });`, 'workflow.steps["e"].app', [
    "undefined",
    "{}",
    "{ labels: {} }",
    'riskApp("a.py")',
  ]),
  ...eachStep(
    (labels) => `night.exec("e", { app: deployedApp({ labels: ${labels} }), command: ["x"] });`,
    'workflow.steps["e"].app.labels',
    [
      '{ "app": "pricing engine!" }',
      '{ "app": "a,b=c" }',
      '{ "a key": "x" }',
      '{ "a/b/c": "x" }',
      '{ "app": 7 }',
      '"app=pricing"',
    ],
  ),
  ...eachStep(
    (container) => `night.exec("e", { app: { ...pricing, container: ${container} }, command: ["x"] });`,
    'workflow.steps["e"].app.container',
    ['"My Container"', "7"],
  ),
  ...eachStep((to) => `night.copyIn("c", { from: "reval", to: ${to}, after: reval });`, 'workflow.steps["c"].to', [
    '"/data"',
    "undefined",
    'onResults("../x")',
    'inPod(pricing, "data")',
    "inPod(undefined, '/x')",
    "onResults()",
  ]),
  ...eachStep(
    (from) => `night.copyIn("c", { from: ${from}, to: inPod(pricing, "/data"), after: reval });`,
    'workflow.steps["c"].from',
    ['"limits"', '"/etc"', '"."', "7", "undefined"],
  ),
  ...eachStep(
    (more) => `night.copyIn("c", { from: "reval", to: inPod(pricing, "/data") ${more} });`,
    'workflow.steps["c"].from',
    ["", ", after: market"],
  ),
  ...eachStep((from) => `night.copyOut("c", { from: ${from}, after: reval });`, 'workflow.steps["c"].from', [
    '"reval"',
    'onResults("{{workflow.name}}")',
    "undefined",
  ]),
  ...eachStep((to) => `night.copyOut("c", { from: onResults("x"), to: ${to} });`, 'workflow.steps["c"].to', [
    '"reval"',
    '"reval/part"',
    '"../x"',
    "7",
    ...['"reval.attempts"', '"c.attempts/x"', '".claim"', '"reval.partial-x"', '"x/y.replaced-z"'],
  ]),
  ...eachStep((path) => `night.copyIn("c", { from: reval, to: onResults(${path}) });`, 'workflow.steps["c"].to', [
    '"reval.partial-1"',
    '".hidden"',
  ]),
  ...eachStep(
    (to) =>
      `night.copyOut("c", { from: onResults("x"), to: "y" }); night.copyOut("d", { from: onResults("z"), to: ${to} });`,
    'workflow.steps["d"].to',
    ['"y"', '"./y/"'],
  ),
];

/** A secret, under whatever name; a value from a result within a text; a path that leaves the night. */
const texts: readonly BadInput[] = [
  ...eachSpark("env", [
    ...["RUN_DATE", "ANY"].map((name) => `{ ${name}: "glpat-${SECRET}1234567890" }`),
    `{ CERTIFICATE: "-----BEGIN PRIVATE KEY-----\\n${SECRET}\\n-----END PRIVATE KEY-----" }`,
    `{ DB_URL: "jdbc:postgresql://risk:${SECRET}@db.bank.example/risk" }`,
    ...["API_KEY", "PGPASS", "PGPASSWORD", "DB_PWD", "TOKEN_PROD", "PASSPHRASE"].map(
      (name) => `{ ${name}: "${SECRET}" }`,
    ),
    `{ CONNECTION: "Server=x;Password=${SECRET}" }`,
    `{ JSON: '{"password": "${SECRET}"}' }`,
    `{ ACCOUNT: "AKIAABCDEFGHIJKLMNOP" }`,
  ]),
  ...each("moreNight", "workflow.defaults.spark.env", [`defaults: { spark: { env: { API_KEY: "${SECRET}" } } }`]),
  {
    places: { before: "const market = {};", moreNight: 'defaults: { spark: { labels: { a: "" + market } } }' },
    property: "workflow.defaults.spark.labels",
  },
  ...eachSpark("args", [`["--password", "${SECRET}"]`, `["--db.token", "${SECRET}"]`], 'workflow.steps["s"].args[1]'),
  ...eachSpark("args", [`["--password=${SECRET}"]`, `["s3://u:${SECRET}@bucket"]`], 'workflow.steps["s"].args[0]'),
  ...eachSpark("conf", [`{ "spark.any": "glpat-${SECRET}1234567890" }`], 'workflow.steps["s"].conf["spark.any"]'),
  ...eachSpark("jvmOptions", [`["-Djavax.net.ssl.trustStorePassword=${SECRET}"]`], 'workflow.steps["s"].jvmOptions[0]'),
  ...eachSpark("annotations", [`{ note: "token=${SECRET}" }`], 'workflow.steps["s"].annotations.note'),
  ...eachStep(
    (word) => `night.exec("e", { app: pricing, command: ["/x", ${word}] });`,
    'workflow.steps["e"].command[1]',
    [`"--password=${SECRET}"`, "String(night.number(reval, 'a.json#b'))", "'--step=' + market", 'night.path("../x")'],
  ),
  ...eachSpark(
    "args",
    [
      "['x=' + night.number(reval, 'a.json#b')]",
      "[String(secretKey('a', 'b'))]",
      "[String(Size.gibibytes(2))]",
      "[String(Promise.resolve())]",
      'night.path("../../../etc")',
      'night.path("/abs")',
      'night.path("a/../../b")',
      '"cat " + night.path("a") + " " + night.path("..")',
      'night.path("..") + "/x"',
    ].map((word) => (word.startsWith("[") ? word : `[${word}]`)),
    'workflow.steps["s"].args[0]',
  ),
  ...eachSpark("env", ['{ OUT: night.path("../x") }', '{ OUT: "" + pricing }'], 'workflow.steps["s"].env.OUT'),
];

const digest = "0".repeat(64);

/** Two things that contradict each other, of which one would win without a word; names that Kubernetes would drop. */
const contradictions: readonly BadInput[] = [
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

const files: readonly BadInput[] = [
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

const further = (name: string, steps = 'n.gate("g");'): string =>
  `${name}: sparkRiskWorkflow({ schedule: nightly("23:30", { timezone: "Europe/Berlin" }), steps: (n) => { ${steps} } })`;

/** A step of the nightly ones, taken over into further nights. */
function fromAnotherNight(steps: string, property: string): BadInput {
  return {
    places: {
      steps: '(night) => { globalThis.kept = night.spark("a", { app: riskApp("a.py") }); }',
      more: `furtherNights: { ${further("me", steps)} },`,
    },
    property: `furtherNights.me.steps["g"].${property}`,
  };
}

/** What JavaScript can hand over and no type expects; what is right by itself and cannot work as it stands. */
const unusual: readonly BadInput[] = [
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

/** What somebody writes who knows JavaScript, and guesses what he does not find. */
const guessed: readonly BadInput[] = [
  ...eachSpark(
    "args",
    [
      '["--out=".concat(night.path)]',
      '["--out", night.path]',
      '["--out=" + night.path]',
      '["--n", "" + undefined]',
      '["--n=" + { n: "1" }.m, "x"]',
      '["/data/" + [].pop() + "/x"]',
      '"--a --b"',
      "[1]",
      "[null]",
      '[["--a"]]',
    ],
    'workflow.steps["s"].args',
  ),
  ...eachSpark("after", [
    "[[reval]]",
    "() => reval",
    "Promise.resolve(reval)",
    "night",
    'night.path("reval")',
    "[reval, null]",
  ]),
  ...eachSpark("retries", [
    "3",
    "true",
    "{ times: 1000 }",
    "{ times: 1, backoff: 3 }",
    '{ times: 1, exitCodes: ["137"] }',
  ]),
  ...eachSpark("onRetry", [
    "2",
    "{ executors: 0 }",
    "{ timeout: Duration.hours(1) }",
    "{ memory: Size.mebibytes(64) }",
  ]),
  ...eachSpark("user", ["0", '"spark"', "-1", "1.5"]),
  ...eachSpark("volumes", [
    '["/data"]',
    '{ "/data": "claim" }',
    "{ data: scratch(Size.gibibytes(1)) }",
    '{ "/results": scratch(Size.gibibytes(1)) }',
    '{ "/a/": scratch(Size.gibibytes(1)) }',
    '{ "/a/../etc": scratch(Size.gibibytes(1)) }',
  ]),
  ...eachSpark("conf", ['["spark.a=b"]', '{ "spark.executor.memory": "8g" }', '{ "spark.a": 1 }']),
  ...eachSpark("jvmOptions", ['"-XX:+UseG1GC"', '["-Xmx4g"]']),
  ...eachSpark("cores", ["4"]),
  ...eachSpark("depends_on", ["[reval]"]),
  ...eachSpark("needs", ['["reval"]']),
  ...eachSpark("python", ['"3.11"']),
  ...eachStep((call) => call, 'workflow.steps["s"].app', [
    'night.spark("s");',
    'night.spark("s", { app: riskApp() });',
    'night.spark("s", { app: "a.py" });',
    'night.spark("s", { app: riskApp });',
    'night.spark("s", { app: riskApp("../../etc/passwd") });',
    'night.spark("s", { app: riskApp("a.py", "rsik") });',
    'night.spark("s", { app: sparkApp({ image: image("rsik"), main: "/a.py" }) });',
  ]),
  ...eachStep((value) => `night.job("j", { image: ${value} });`, 'workflow.steps["j"].image', [
    '"risk:latest"',
    'image("rsik")',
    'image("Risk")',
    "image",
    "image()",
  ]),
  ...eachStep((call) => call, "workflow.steps", [
    'night.spark({ app: riskApp("a.py") });',
    'night.gate(() => "g");',
    'night.spark("reval2"), night.spark("reval2");',
  ]),
  ...each("steps", "workflow.steps", [
    "async (night) => {}",
    "function* (night) { yield night.gate('g'); }",
    "(night) => night",
    "() => {}",
    "[]",
  ]),
  ...each("schedule", "workflow.schedule", [
    '"0 22 * * 1-5"',
    'nightly("22:00")',
    'nightly("22:00:00", { timezone: "Europe/Berlin" })',
    'nightly("10pm", { timezone: "Europe/Berlin" })',
    'nightly(22, { timezone: "Europe/Berlin" })',
    'nightly({ start: "22:00", timezone: "Europe/Berlin" })',
    'nightly("22:00", "Europe/Berlin")',
    'nightly("22:00", { timezone: "Europe/Berlin", calendar: "TARGT" })',
    'nightly("22:00", { timezone: "Europe/Berlin", calendar: { TARGET } })',
    'nightly("22:00", { timezone: "Europe/Berlin", extraHolidays: ["24.12.2026"] })',
    'nightly("22:00", { timezone: "Europe/Berlin", extraHolidays: [new Date(0)] })',
    'nightly("22:00", { timezone: "Europe/Berlin", on: "first-of-month" })',
  ]),
  ...each("moreNight", "workflow.", [
    'finishBy: "6am"',
    "finishBy: Duration.hours(6)",
    "defaults: { executors: 3 }",
    "defaults: { spark: { app: riskApp('a.py') } }",
    'deadline: "06:00"',
    "steps: [], steps: []",
  ]),
  ...each("more", "furtherNights.weekly", [
    "furtherNights: { weekly: { schedule: nightly('23:00', { timezone: 'Europe/Berlin' }), steps: () => {} } },",
  ]),
  ...each("workflow", "workflow", [
    "{ schedule: nightly('23:00', { timezone: 'Europe/Berlin' }), steps: () => {} }",
    "sparkRiskWorkflow",
    "[sparkRiskWorkflow({})]",
  ]),
  ...each("credentials", "credentials", [
    'gitlabFile("CUSTOMER_KUBECONFIG")',
    "{ kubeconfig: gitlabFile }",
    "{ kubeconfig: process.env.KUBECONFIG }",
    '{ kubeconfig: gitlabFile("CUSTOMER_KUBECONFIG"), kubeconfig: gitlabFile("CUSTOMER_OTHER") }',
  ]),
  ...each("apps", "apps.x", [
    "{ x: deployedApp({ labels: { a: 'b' } }) }",
    "{ x: helmApp({}) }",
    `{ x: helmApp({ ${chart}, values: { image: "" + image } }) }`,
    `{ x: helmApp({ ${chart}, values: { url: "https://x.example/" + { a: "1" }.b } }) }`,
  ]),
  ...each("more", "displayName", ['displayName: "A second one",']),
  ...each("moreCluster", "cluster.server", ['server: "https://k8s.other.example"']),
  ...each("before", "(code)", [
    'console.log("here");',
    "misspelt = 1;",
    "Object.freeze(Size).gibibytes = 1;",
    'eval("1");',
    'new Function("return 1")();',
    "setTimeout(() => {}, 1);",
    'JSON.parse("{");',
    "enum E { A } (E as never as { B: { c: 1 } }).B.c;",
    "class A { #x = 1; static y() { return (this as never as A).#x; } } A.y();",
    "pricing = 1;",
  ]),
];

/** What cannot work as it stands, although each part of it is well-formed. */
const hopeless: readonly BadInput[] = [
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

/** What only the night knows, looked at while the file is read. */
const dates: readonly BadInput[] = [
  ...eachSpark(
    "args",
    [
      'night.businessDate.replaceAll("-", "")',
      "night.businessDate.slice(0, 4)",
      'night.businessDate.split("-")[0]',
      'night.businessDate.startsWith("2026") ? "a" : "b"',
      "[...night.businessDate][0]",
      "String(new Date(night.businessDate).getFullYear())",
      'new Date(night.businessDate + "T00:00:00Z").toISOString()',
      "String(Date.parse(night.businessDate))",
      'String(["2026-12-31"].includes(night.businessDate))',
      'String(new Set(["2026-12-31"]).has(night.businessDate))',
      'String(new Map([["2026-12-31", 1]]).get(night.businessDate))',
      'String({ "2026-12-31": "a" }[night.businessDate])',
      "String(Number(night.businessDate))",
      'night.businessDate > "2026-01-01" ? "a" : "b"',
      '"2026-01-01" <= night.businessDate ? "a" : "b"',
      'night.businessDate === "2026-12-31" ? "a" : "b"',
      '"--n=" + NaN',
      "String(new Date(NaN))",
    ].map((word) => `[${word}]`),
    'workflow.steps["s"].args[0]',
  ),
  ...each("steps", "", [step('switch (night.businessDate) { case "2026-12-31": night.gate("g"); }')]),
];

const terms = (of: string, term: string): string =>
  `{ ${of}: { requiredDuringSchedulingIgnoredDuringExecution: ${term} } }`;
const onNode = (expression: string): string =>
  terms("nodeAffinity", `{ nodeSelectorTerms: [{ matchExpressions: [${expression}] }] }`);
const asTemplate = (spec: string): string => `{ spec: ${spec} }`;

/** Pods that the customer's API server would refuse when a night starts them. */
const refusedPods: readonly BadInput[] = [
  ...eachSpark("labels", [
    '{ "job-name": "x" }',
    '{ "controller-uid": "x" }',
    '{ "spark-role": "x" }',
    '{ "spark-app-selector": "x" }',
    '{ "batch.kubernetes.io/job-name": "x" }',
  ]),
  ...eachSpark("annotations", [
    '{ "container.apparmor.security.beta.kubernetes.io/x": "unconfined" }',
    '{ "seccomp.security.alpha.kubernetes.io/pod": "unconfined" }',
    '{ "kubernetes.io/config.mirror": "x" }',
    '{ "batch.kubernetes.io/job-completion-index": "0" }',
    '{ "controller.kubernetes.io/pod-deletion-cost": "x" }',
    '{ note: "x".repeat(300_000) }',
  ]),
  ...eachSpark("affinity", [
    terms("nodeAffinity", "{}"),
    terms("nodeAffinity", "{ nodeSelectorTerms: [] }"),
    terms("nodeAffinity", '"x"'),
    onNode('{ key: "a", operator: "In", values: [] }'),
    onNode('{ key: "a", operator: "in", values: ["b"] }'),
    onNode('{ key: "a", operator: "Exists", values: ["b"] }'),
    onNode('{ key: "a", operator: "Gt", values: ["many"] }'),
    onNode('{ key: "a b", operator: "Exists" }'),
    onNode('{ operator: "Exists" }'),
    terms("podAntiAffinity", "[{ labelSelector: {} }]"),
    terms("podAntiAffinity", '[{ topologyKey: "" }]'),
    terms("podAntiAffinity", '[{ topologyKey: "a", labelSelector: { matchLabels: { a: "b c" } } }]'),
    terms(
      "podAntiAffinity",
      '[{ topologyKey: "a", labelSelector: { matchExpressions: [{ key: "a", operator: "Gt", values: ["1"] }] } }]',
    ),
    terms("podAntiAffinity", '"x"'),
    '{ podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 101, podAffinityTerm: { topologyKey: "a" } }] } }',
    "{ podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1 }] } }",
  ]),
  ...eachSpark("executorPodTemplate", [
    '{ apiVersion: "v2" }',
    '{ kind: "Job" }',
    '{ metadata: { labels: { "a b": "c" } } }',
    '{ metadata: { labels: { "nightlane/night": "c" } } }',
    ...[
      '{ tolerations: "x" }',
      '{ activeDeadlineSeconds: "5" }',
      '{ nodeName: "node-1" }',
      "{ hostNetwork: true }",
      "{ hostPID: true }",
      '{ volumes: [{ name: "a", hostPath: { path: "/" } }] }',
      '{ containers: [{ name: "agent" }] }',
      '{ containers: [{ name: "agent", image: "nginx" }] }',
      '{ initContainers: [{ name: "agent", image: "nginx:1" }] }',
      '{ containers: [{ name: "executor", image: "nginx" }] }',
      '{ containers: [{ name: "executor", securityContext: { privileged: true } }] }',
      '{ containers: [{ name: "executor", ports: [{ containerPort: 80, hostPort: 80 }] }] }',
      `{ containers: [{ name: "executor", env: [{ name: "DB_PASSWORD", value: "${SECRET}" }] }] }`,
      '{ containers: [{ name: "executor", env: [{ name: "BUSINESS_DATE", value: "1999-01-01" }] }] }',
      '{ containers: [{ name: "executor", resources: { limits: { cpu: true } } }] }',
      '{ topologySpreadConstraints: [{ maxSkew: 1, topologyKey: "a b", whenUnsatisfiable: "DoNotSchedule" }] }',
      `{ affinity: ${onNode('{ key: "a", operator: "In" }')} }`,
    ].map(asTemplate),
  ]),
];

/** What a function of the library has no parameter for, and what stands where its options belong. */
const dropped: readonly BadInput[] = [
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

/** Files that must be refused, each for its one fault. */
export const BAD_INPUTS: readonly BadInput[] = [
  ...identity,
  ...cluster,
  ...credentials,
  ...lane,
  ...apps,
  ...schedule,
  ...workflow,
  ...steps,
  ...texts,
  ...contradictions,
  ...unusual,
  ...guessed,
  ...dropped,
  ...dates,
  ...hopeless,
  ...refusedPods,
  ...files,
];
