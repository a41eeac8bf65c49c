import { certificate } from "../../support/certificates.ts";
import { night, type Places } from "../../support/customer-text.ts";

function step(call: string): Places {
  return { steps: `(night) => { ${night(call)} }` };
}

/** Files of good but unusual use, by what is unusual about each. */
export const GOOD_INPUTS: Readonly<Record<string, Places>> = {
  "no display name": { displayName: "" },
  "a display name with letters of another script": { displayName: '"Банк Šiaulių & Söhne \\u{1F3E6}"' },
  "a display name of pictures, each one character": { displayName: '"\\u{1F3E6}".repeat(80)' },
  "a display name of one letter": { displayName: '"Ä"' },
  "several addresses, one of them IPv6": { address: '["10.65.9.1", "10.65.9.2", "2001:db8::9"]' },
  "a proxy of the customer's own, and an address that it leads to": {
    server: '"https://172.16.0.1:6443"',
    address: "",
    moreCluster: 'proxy: { address: "10.66.9.9", port: 3128 }',
  },
  "a proxy with an IPv6 address, and the last port": {
    address: "",
    moreCluster: 'proxy: { address: "2001:db8::3128", port: 65535 }',
  },
  "a server behind Rancher": { server: '"https://rancher.x.example/k8s/clusters/c-m-abc123"' },
  "a server without a port": { server: '"https://k8s.x.example"' },
  "a server with a slash at its end": { server: '"https://k8s.x.example:6443/"' },
  "a server in capitals": { server: '"https://K8S.X.EXAMPLE:6443"' },
  "a server with its last port": { server: '"https://k8s.x.example:65535"' },
  "two authorities while one is renewed": { ca: `\`${certificate("valid")}${certificate("valid")}\`` },
  "an authority with Windows line ends": { ca: `pem\`${certificate("valid").replaceAll("\n", "\r\n")}\`` },
  "half a core and a tebibyte": { capacity: "{ cpu: Cpu.millis(16500), memory: Size.tebibytes(1) }" },
  "a namespace that begins with a digit": { moreCluster: 'namespace: "1-risk"' },
  "a storage class with dots": { moreCluster: 'resultsStorageClass: "files.csi.x.example"' },
  "properties that are undefined": {
    moreCluster: "namespace: undefined",
    lane: "{ runners: undefined }",
    moreNight: "startBy: undefined",
  },
  "credentials of the usual names": { credentials: "" },
  "credentials of the usual names, of applications too": {
    before:
      'const chart = helmApp({ repository: "https://git.x.example/a.git", revision: "v1.0.0", chart: "charts/a", values: {} });',
    apps: "{ a: chart }",
    credentials: "",
  },
  "a credential of the stack beside one of GitLab": {
    credentials: '{ kubeconfig: pulumiSecret("kubeconfig") }',
  },
  "a lane of its own sizes": {
    lane: "{ runners: 1000, resultsSize: Size.mebibytes(1), keepResults: Duration.days(14), keepLogs: Duration.days(7) }",
  },
  "applications with values": {
    before:
      'const chart = helmApp({ repository: "https://git.x.example/a/b.git", revision: "a-1.2", chart: "c", values: { n: 1, deep: { list: [1, "a", true, {}] }, braces: "{{ x }}" } });',
    apps: "{ c: chart }",
    ...step('night.exec("e", { app: chart, command: [String(chart.values.n)] });'),
    credentials: '{ kubeconfig: gitlabFile("CUSTOMER_KUBECONFIG"), appsKubeconfig: gitlabFile("APPS_KUBECONFIG") }',
  },
  "a start after midnight": { schedule: 'nightly("00:15", { timezone: "America/New_York", calendar: NEW_YORK })' },
  "a zone that is half an hour apart": {
    schedule: 'nightly("21:00", { timezone: "Asia/Kolkata", calendar: WEEKENDS })',
  },
  "a weekend on Friday and Saturday": { schedule: 'nightly("21:00", { timezone: "Asia/Riyadh", calendar: RIYADH })' },
  "days in every form": {
    schedule:
      'nightly("22:00", { timezone: "Europe/London", calendar: LONDON, extraHolidays: ["2026-12-29"], workedDays: { "2026-12-27": "catching up" }, halfDays: ["2026-12-30"], noNight: { "2026-12-16": "the cluster moves" } })',
  },
  "a shadow night": { moreNight: "shadow: true" },
  "steps from a loop, each after all before": step(
    'let before = [reval]; for (const desk of ["fx", "rates", "credit"]) { before = [...before, night.spark("desk-" + desk, { app: riskApp("desk.py"), args: ["--desk", desk], after: before, cpu: Cpu.millis(100) })]; }',
  ),
  "texts that look a little like secrets": step(
    `night.spark("s", { app: riskApp("a.py"),
      args: ["--token-file", "/var/run/token", "--password=$PASSWORD", "--max-token", "512", "--passwords", "x=y", "--key=fx", "https://a.example:8443/x@y",
        "--tokens=a", "--token", night.path("token"), "user@host:/x", "compass=north"],
      env: { AWS_WEB_IDENTITY_TOKEN_FILE: "/var/run/token", SECRET_NAME: "kdb", MAX_TOKENS: "512", COMPASS: "north", USE_TOKEN: "true", TOKEN_URL: "https://sts.bank.example" },
      conf: { "spark.sql.shuffle.partitions": "200", "spark.redaction.regex": "(?i)secret|password" },
      hadoopConf: { "fs.s3a.aws.credentials.provider": "com.amazonaws.auth.WebIdentityTokenCredentialsProvider" } });`,
  ),
  "one number of executors for all steps, and bounds for one": {
    moreNight: "defaults: { spark: { executors: 3 } }",
    ...step('night.spark("s", { app: riskApp("a.py"), dynamicAllocation: { min: 1, max: 3 } });'),
  },
  "bounds of executors for all steps, and a number for one": {
    moreNight: "defaults: { spark: { dynamicAllocation: { min: 1, max: 3 } } }",
    ...step('night.spark("s", { app: riskApp("a.py"), executors: 1 });'),
  },
  "images of registries of every sort": step(
    ["Registry.Example:5000/a/b-c", "localhost/a", "a", "a/b:V1.2", "ghcr.io/x/a__b.c"]
      .map((name, index) => `night.job("i${index}", { image: "${name}@sha256:${"0".repeat(64)}" });`)
      .join(" "),
  ),
  "an affinity and a pod template": step(
    'night.spark("s", { app: riskApp("a.py"), affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [] } }, executorPodTemplate: { metadata: {}, spec: { setHostnameAsFQDN: true, containers: [{ name: "executor", envFrom: [] }] } } });',
  ),
  "an affinity in full, and a side car": step(
    `const node = { matchExpressions: [{ key: "disktype", operator: "In", values: ["ssd"] }, { key: "cores", operator: "Gt", values: ["8"] }, { key: "spot", operator: "DoesNotExist" }] };
    const term = { topologyKey: "topology.kubernetes.io/zone", labelSelector: { matchLabels: { app: "pricing" } } };
    night.spark("s", { app: riskApp("a.py"), labels: { "spark-team": "risk" }, annotations: { "cluster-autoscaler.kubernetes.io/safe-to-evict": "false", "sidecar.istio.io/inject": "false" },
      affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [node] }, preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, preference: node }] }, podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term], preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: term }] } },
      executorPodTemplate: { apiVersion: "v1", kind: "Pod", metadata: { labels: { team: "risk" }, annotations: { note: "x y" } }, spec: { hostNetwork: false, topologySpreadConstraints: [{ maxSkew: 1, topologyKey: "zone", whenUnsatisfiable: "DoNotSchedule" }], containers: [{ name: "agent", image: image("risk"), ports: [{ containerPort: 80 }], env: [{ name: "REGION", value: "eu" }, { name: "KDB", valueFrom: { configMapKeyRef: { name: "a", key: "b" } } }] }] } } });`,
  ),
  "the least times and sizes, and a task of two cores": step(
    'night.spark("s", { app: riskApp("a.py"), cpu: Cpu.units(2), conf: { "spark.task.cpus": "2" }, timeout: Duration.minutes(1), startWithin: Duration.seconds(30), eventLog: "file:///logs", results: "x".repeat(255) + "/" }); night.job("j", { image: image("risk"), memory: Size.mebibytes(16), timeout: Duration.seconds(31), startWithin: Duration.seconds(30), endWithin: Duration.minutes(1) });',
  ),
  "the date within texts, and paths that a helper takes apart": step(
    `const last = night.path("a/b").split("/").at(-1); const arrow = (d) => night.businessDate;
    night.spark("s", { app: riskApp("a.py"), args: ["--date=" + night.businessDate, "--at".concat("=", night.businessDate), arrow(1), last, String(night.path("a").endsWith("/")), "NaNny", "nan"] });`,
  ),
  "a folder of results that another step has too": step(
    'night.exec("prep", { app: pricing, command: ["/x", night.path("prep/out")] }); night.job("j", { image: image("risk"), results: "out/", after: reval, args: ["--in", night.path("prep/out"), "--out", night.path("j/out"), "--old", night.path("j/out/old")] });',
  ),
  "paths of the night in every form": step(
    'night.spark("s", { app: riskApp("a.py"), args: [night.path(""), night.path(".hidden"), night.path("a.b/c..d/e"), "--out=" + night.path("a") + "," + night.path("b"), night.path(night.businessDate), "cd " + night.path("a") + " && ls .."] });',
  ),
  "an edge to a step further down": step(
    'const first = night.gate("first"); first.runsAfter(night.gate("second", { after: [] }));',
  ),
  "arguments of every sort": step(
    'night.spark("s", { app: riskApp("a.py"), args: ["", " ", "--x={y}", "{\\"json\\": {\\"a\\": 1}}", "ü", "line\\nline", night.businessDate, night.path("a") + "/b", "}}"] });',
  ),
  "a program below another folder": step(
    'night.spark("s", { app: { ...riskApp("x"), main: "/opt/a b/jobs/main.py" } });',
  ),
  "the shortest and the longest timeout": step(
    'night.exec("a", { app: pricing, command: ["/x"], timeout: Duration.seconds(1) }); night.spark("b", { app: riskApp("a.py"), timeout: Duration.days(7) });',
  ),
  "a gate that two of a group release": step('night.gate("g", { approvers: "oidc:risk control", approvals: 2 });'),
  "a name as long as allowed": step(`night.gate("${"a".repeat(40)}");`),
  "labels with a domain and an empty value": step(
    'night.exec("e", { app: deployedApp({ labels: { "x.example/a_b.c": "", app: "A.b_c" }, container: "c-1" }), command: ["true"] });',
  ),
  "copies there and back": step(
    'const out = night.copyOut("out", { from: inPod(pricing, "/data/out"), after: reval }); night.copyIn("in", { from: "out/part", to: onResults("handed/in"), after: out });',
  ),
  "results without a manifest": step(
    'night.job("file", { image: image("risk"), args: ["--out", night.path("file/out")], results: "out/", result: "a/b.csv" }); night.spark("s", { app: riskApp("a.py"), results: ".r-1_x/" }); night.job("many", { image: image("risk"), parallelism: 2, results: "out/" });',
  ),
  "larger attempts after the first": step(
    'night.spark("s", { app: riskApp("a.py"), onRetry: { memory: Size.gibibytes(4), driverMemory: Size.gibibytes(3), executors: 2 } }); night.job("j", { image: image("risk"), onRetry: { memory: Size.gibibytes(2), cpu: Cpu.units(1) } });',
  ),
  "attempts that are larger than what no step has but by default": {
    moreNight:
      "defaults: { spark: { onRetry: { memory: Size.gibibytes(1.5), executors: 4 } }, job: { onRetry: { memory: Size.mebibytes(512) } } }",
    steps:
      '(night) => { night.spark("s", { app: riskApp("a.py"), memory: Size.gibibytes(1) }); night.spark("d", { app: riskApp("a.py"), dynamicAllocation: { min: 1, max: 2 }, onRetry: { memory: Size.gibibytes(3) } }); night.job("j", { image: image("risk"), memory: Size.mebibytes(256) }); }',
  },
  "executors with GPUs, and options of the JVM in variables": step(
    'const gpus = { "spark.executor.resource.gpu.amount": "2", "spark.executor.resource.gpu.vendor": "nvidia.com", "spark.executor.resource.gpu.discoveryScript": "/opt/gpus.sh" }; night.spark("s", { app: riskApp("a.py"), conf: { ...gpus, "spark.task.resource.gpu.amount": "0.25" }, tolerations: [{ key: "nvidia.com/gpu", operator: "Exists" }], env: { JAVA_TOOL_OPTIONS: "-Duser.timezone=UTC" } }); night.job("j", { image: image("risk"), env: { JAVA_TOOL_OPTIONS: "-Xmx512m" } });',
  ),
  "figures with and without a limit": step(
    'night.spark("s", { app: riskApp("a.py"), figures: { "VaR 99.9": { place: "a/v.json#total.0.var", maxJump: "12.5%" }, ES: "v.json#es", n: { place: "v.json#n" } } }); night.job("j", { image: image("risk"), results: "out/", figures: { n: "v.json#n" } });',
  ),
  "values from earlier results": step(
    'const n = night.number(reval, "a/var.json#total.0.var"); night.spark("s", { app: riskApp("a.py"), args: ["--n", n] }); night.exec("e", { app: pricing, command: ["show", night.word(reval, "var.json#unit")] }); night.job("j", { image: image("risk"), args: [n] });',
  ),
  "edges by what is read": step(
    'const out = night.job("out", { image: image("risk"), results: "out/", from: [reval] }); night.exec("e", { app: pricing, command: ["show", night.results(out)], from: out }); night.copyIn("in", { from: out, to: onResults("handed/in") }); night.spark("last", { app: riskApp("a.py"), after: market, from: [out, reval] });',
  ),
  "a copy of what an earlier step's result brought": step(
    'const a = night.gate("a", { after: reval }); night.copyIn("in", { from: "reval", to: inPod(pricing, "/in"), after: a });',
  ),
  "conditions and inputs": {
    ...step(
      'night.gate("q", { after: reval, when: "quarter-end", inShadow: true, input: false, message: "Ready? (yes/no)" });',
    ),
    moreNight: 'inputsBy: "23:30", startBy: "22:10", finishBy: "11:59"',
  },
  "everything that Spark and its pods can be told": {
    ...step(
      'night.spark("s", { app: sparkApp({ image: image("risk"), mainClass: "example.Pi", jar: "/opt/pi.jar", jars: ["/opt/a.jar"] }), results: false, conf: { "spark.sql.shuffle.partitions": "200" }, hadoopConf: { "fs.s3a.endpoint": "https://s3.x.example" }, jvmOptions: ["-XX:+UseG1GC"], env: { REGION: "eu", DATE: night.businessDate, KDB: secretKey("kdb", "password"), LIMITS: configMapKey("limits", "all") }, volumes: { "/etc/kdb": secretFiles("kdb"), "/etc/limits": configMapFiles("limits"), "/market": claim("market"), "/scratch": scratch(Size.gibibytes(1)) }, nodeSelector: { disktype: "ssd" }, tolerations: [{ operator: "Exists" }], affinity: { podAntiAffinity: {} }, priorityClass: "risk", serviceAccount: "spark", imagePullSecrets: ["registry"], labels: { "cost-centre": "risk" }, annotations: { "x.example/a": "b" }, user: 1001, dynamicAllocation: { min: 1, max: 2 }, memoryOverhead: Size.mebibytes(512), eventLog: "s3a://logs/spark", localDisk: Size.gibibytes(100), ui: true, executorPodTemplate: { spec: {} }, startWithin: Duration.minutes(30) });',
    ),
    moreNight: 'stepsAtOnce: 2, defaults: { spark: { executors: 1, conf: { "spark.sql.ansi.enabled": "true" } } }',
  },
  "a job of one image, and one of several pods": step(
    'night.job("file", { image: image("risk"), after: reval }); night.job("many", { image: image("risk"), command: ["/opt/file.sh"], args: ["--date", night.businessDate], parallelism: 4, group: night.group("desks", { atOnce: 2 }), endWithin: Duration.hours(6), retries: { times: 2, exitCodes: [137, "OOMKilled"], pause: Duration.minutes(5) }, cpu: Cpu.millis(100), memory: Size.mebibytes(64), results: true, result: "a.csv", env: { REGION: "eu" }, startWithin: Duration.hours(1) });',
  ),
  "functions of the library with all that they take, and handed to a list": step(
    'const out = ["a", "b"].map(night.path); night.spark("s", { app: riskApp("a.py", "risk"), args: out, timeout: Duration.hours(6), volumes: { "/a": claim("a"), "/b": claim("b", {}), "/c": claim("c", { writable: true }), "/d": claim("d", undefined), ...Object.fromEntries(["e", "f"].map(secretFiles).map((one) => ["/" + one.name, one])) } }); night.gate("g", undefined);',
  ),
  "comments, types and a helper in the file": {
    before:
      "type Desk = { readonly name: string };\n/* a comment */\nfunction named(desk: Desk): string { return 'desk-' + desk.name; }\nconst desks = [{ name: 'fx' }] satisfies readonly Desk[];",
    ...step("for (const desk of desks) { night.gate(named(desk) as string); }"),
  },
  "a name of the library under another": {
    before: "const { Size: Amount } = library;",
    capacity: "{ cpu: Cpu.units(16), memory: Amount.gibibytes(64) }",
  },
};
