import { describe, expect, test } from "vitest";
import {
  Cpu,
  claim,
  configMapFiles,
  configMapKey,
  Duration,
  deployedApp,
  inPod,
  onResults,
  riskApp,
  Size,
  scratch,
  secretFiles,
  secretKey,
  sparkApp,
} from "../../../constructs/index.ts";
import type { Night } from "../../../constructs/night/night.ts";
import type {
  CopyInOptions,
  CopyOutOptions,
  ExecOptions,
  GateOptions,
  JobOptions,
  SparkOptions,
} from "../../../constructs/night/step.ts";
import { describeCustomer } from "../../customers/describe-customer.ts";
import { type CustomerChanges, customerWithSteps } from "../../support/customer.ts";

const image = (digit: string): string => `registry.example/risk@sha256:${digit.repeat(64)}`;
const pricing = deployedApp({ labels: { app: "pricing" } });

/** What a test changes in the options of one step of each kind. */
interface Changes {
  readonly spark?: Partial<SparkOptions>;
  readonly job?: Partial<JobOptions>;
  readonly exec?: Partial<ExecOptions>;
  readonly copyIn?: Partial<CopyInOptions>;
  readonly copyOut?: Partial<CopyOutOptions>;
  readonly gate?: Partial<GateOptions>;
  readonly place?: string;
  readonly customer?: CustomerChanges;
}

/** The snapshot of a customer whose night has a step of each kind. */
function snapshot({ place = "var.json#var", customer, ...changes }: Changes = {}): string {
  const steps = (night: Night): void => {
    const first = night.spark("first", { app: riskApp("a.py") });
    night.spark("var", { app: riskApp("var_es.py"), ...changes.spark });
    const args = ["--var", night.number(first, place), "--date", night.businessDate];
    night.job("filing", { image: image("a"), command: ["/opt/file"], args });
    night.job("job", { image: image("a"), command: ["/opt/job"], results: "out/", ...changes.job });
    night.exec("exec", { app: pricing, command: ["/opt/x"], after: first, ...changes.exec });
    night.copyIn("in", { from: first, to: inPod(pricing, "/data"), ...changes.copyIn });
    night.copyOut("out", { from: onResults("x"), ...changes.copyOut });
    night.gate("gate", { after: first, ...changes.gate });
  };
  const cluster = { capacity: { cpu: Cpu.units(200), memory: Size.gibibytes(400) }, ...customer?.cluster };
  const workflow = { inputsBy: "23:30", ...customer?.workflow };
  return describeCustomer(customerWithSteps(steps, { ...customer, cluster, workflow }));
}

const pods = {
  env: { REGION: "eu" },
  volumes: { "/etc/kdb": secretFiles("kdb") },
  nodeSelector: { disk: "ssd" },
  tolerations: [{ key: "dedicated" }],
  affinity: { nodeAffinity: {} },
  priorityClass: "high",
  serviceAccount: "admin",
  imagePullSecrets: ["registry"],
  labels: { "cost-centre": "risk" },
  annotations: { note: "x" },
  retries: { times: 2 },
  user: 1001,
};
const everyStep = {
  when: "month-end",
  timeout: Duration.hours(1),
  inShadow: false,
  input: true,
} as const;
const group = { kind: "group", name: "desks", atOnce: 3 } as const;
const results = { results: "other/", figures: { VaR: "var.json#var" } };

/** One value of every property that a step of a kind may have; a property that is forgotten here does not compile. */
const SPARK: Required<Omit<SparkOptions, "after" | "from" | "args" | "app" | "result">> = {
  ...everyStep,
  ...pods,
  ...results,
  group,
  endWithin: Duration.hours(6),
  executors: 3,
  dynamicAllocation: { min: 2, max: 8 },
  memory: Size.gibibytes(3),
  memoryOverhead: Size.mebibytes(777),
  cpu: Cpu.units(2),
  driverMemory: Size.gibibytes(3),
  driverMemoryOverhead: Size.mebibytes(777),
  driverCpu: Cpu.units(2),
  localDisk: Size.gibibytes(100),
  conf: { "spark.sql.shuffle.partitions": "200" },
  hadoopConf: { "fs.s3a.endpoint": "https://s3.bank.example" },
  jvmOptions: ["-XX:+UseG1GC"],
  eventLog: "s3a://logs/spark",
  ui: true,
  executorPodTemplate: { spec: { hostAliases: [] } },
  onRetry: { memory: Size.gibibytes(4) },
  startWithin: Duration.minutes(5),
};
const JOB: Required<Omit<JobOptions, "after" | "from" | "args" | "result">> = {
  ...everyStep,
  ...pods,
  ...results,
  group,
  endWithin: Duration.hours(6),
  image: image("b"),
  command: ["/opt/other"],
  parallelism: 4,
  memory: Size.gibibytes(3),
  cpu: Cpu.units(2),
  onRetry: { memory: Size.gibibytes(4) },
  startWithin: Duration.minutes(5),
};
const EXEC: Required<Omit<ExecOptions, "after" | "from">> = {
  ...everyStep,
  group,
  input: false,
  app: { ...pricing, container: "engine" },
  command: ["/opt/x-y"],
};
const COPY_IN: Required<Omit<CopyInOptions, "after" | "from">> = { ...everyStep, group, to: onResults("handed-in") };
const COPY_OUT: Required<Omit<CopyOutOptions, "after">> = { ...everyStep, group, from: onResults("y"), to: "z" };
const { timeout: _, ...ofGates } = everyStep;
const GATE: Required<Omit<GateOptions, "after" | "timeout">> = {
  ...ofGates,
  message: "Sure?",
  approvers: "risk-control",
  approvals: 2,
};

/** Options one by one, each as a change of its kind of step. */
function oneByOne(kind: keyof Changes, options: object): readonly (readonly [string, Changes])[] {
  return Object.entries(options).map(([name, value]) => [`${kind} ${name}`, { [kind]: { [name]: value } }]);
}

const CHANGES: readonly (readonly [string, Changes])[] = [
  ...oneByOne("spark", { ...SPARK, app: riskApp("es.py"), result: "var.json", args: ["--x"] }),
  ...oneByOne("job", { ...JOB, result: "out.csv", args: ["--y"] }),
  ...oneByOne("exec", EXEC),
  ...oneByOne("copyIn", COPY_IN),
  ...oneByOne("copyOut", COPY_OUT),
  ...oneByOne("gate", GATE),
  ["the image of a Spark step", { spark: { app: sparkApp({ image: image("c"), main: "/opt/risk/jobs/var_es.py" }) } }],
  ["further jars", { spark: { app: { ...riskApp("var_es.py"), jars: ["/opt/a.jar"] } } }],
  ["the place of a value", { place: "var.json#es" }],
  ["the server", { customer: { cluster: { server: "https://other.testbank.example:6443" } } }],
  ["when it has to be finished", { customer: { workflow: { finishBy: "05:00" } } }],
  ["how many steps at once", { customer: { workflow: { stepsAtOnce: 2 } } }],
  [
    "the reference to a credential",
    { customer: { credentials: { kubeconfig: { kind: "pulumiSecret", key: "kubeconfig" } } } },
  ],
];

/** Pairs that differ in one thing that a reviewer must see. */
const PAIRS: readonly (readonly [string, Changes, Changes])[] = [
  ["approvals", { gate: { approvals: 2 } }, { gate: { approvals: 1 } }],
  ["approvers", { gate: { approvers: "risk-control" } }, { gate: { approvers: "everybody" } }],
  [
    "bounds of executors",
    { spark: { dynamicAllocation: { min: 2, max: 8 } } },
    { spark: { dynamicAllocation: { min: 1, max: 8 } } },
  ],
  [
    "exit codes of retries",
    { job: { retries: { times: 2, exitCodes: [137] } } },
    { job: { retries: { times: 2, exitCodes: [1] } } },
  ],
  [
    "the pause before a retry",
    { job: { retries: { times: 2, pause: Duration.minutes(2) } } },
    { job: { retries: { times: 2, pause: Duration.minutes(3) } } },
  ],
  [
    "how many of a group at once",
    { job: { group: { kind: "group", name: "desks", atOnce: 3 } } },
    { job: { group: { kind: "group", name: "desks", atOnce: 4 } } },
  ],
  ["how many pods", { job: { parallelism: 4 } }, { job: { parallelism: 40 } }],
  ["a variable", { job: { env: { A: "1" } } }, { job: { env: { A: "2" } } }],
  ["a secret's key", { job: { env: { A: secretKey("s", "a") } } }, { job: { env: { A: secretKey("s", "b") } } }],
  [
    "a secret or a config map",
    { job: { env: { A: secretKey("s", "a") } } },
    { job: { env: { A: configMapKey("s", "a") } } },
  ],
  [
    "files of a config map",
    { spark: { volumes: { "/c": configMapFiles("a") } } },
    { spark: { volumes: { "/c": configMapFiles("b") } } },
  ],
  [
    "whether a claim is written to",
    { spark: { volumes: { "/c": claim("c") } } },
    { spark: { volumes: { "/c": claim("c", { writable: true }) } } },
  ],
  [
    "scratch space",
    { spark: { volumes: { "/c": scratch(Size.gibibytes(1)) } } },
    { spark: { volumes: { "/c": scratch(Size.gibibytes(2)) } } },
  ],
  ["where an argument ends", { exec: { command: ["/a", "b c"] } }, { exec: { command: ["/a", "b", "c"] } }],
];

describe("a customer's snapshot", () => {
  test.each(CHANGES)("shows %s", (_name, change) => {
    const changed = snapshot(change);
    expect(changed).not.toBe(snapshot());
    expect(changed).not.toMatch(/undefined|\[object |NaN/);
  });

  test.each(PAIRS)("tells apart %s", (_name, one, other) => {
    expect(snapshot(one)).not.toBe(snapshot(other));
  });

  test("says of a job what runs, and of a value where it comes from", () => {
    const text = snapshot({ job: { parallelism: 4, serviceAccount: "filing" } });
    expect(text).toContain("job /opt/file --var <number first/var.json#var> --date 2026-03-31");
    expect(text).toContain("4 numbered pods, each 500m 1024Mi, as user 185, service account filing");
    expect(snapshot({ spark: { dynamicAllocation: { min: 2, max: 8 } } })).toContain("2 to 8 executors 1000m");
  });
});
