import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CoreV1Api, KubeConfig, RbacAuthorizationV1Api, SchedulingV1Api, type V1Pod } from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadCustomer } from "../../constructs/definition/customer-files.ts";
import {
  Cpu,
  configMapFiles,
  configMapKey,
  image,
  Size,
  scratch,
  secretFiles,
  secretKey,
  sparkApp,
  sparkRiskWorkflow,
} from "../../constructs/index.ts";
import { contentName, NIGHT } from "../../constructs/lane/content-name.ts";
import type { Night } from "../../constructs/night/night.ts";
import { nightSpec } from "../../constructs/workflow/night-spec.ts";
import { Central } from "../../ops/central.ts";
import { laneNamespace } from "../../runs/lane-namespace.ts";
import type { NightState } from "../../runs/night-state.ts";
import { watchNights } from "../farm/demo/watch-nights.ts";
import { laneVolume } from "../farm/deploy/lane-volume.ts";
import { FarmPaths, farmRoot } from "../farm/paths.ts";
import { CustomerCluster } from "./customer-cluster.ts";
import { SeenPods } from "./seen-pods.ts";
import { TestLane, type TestNight } from "./test-lane.ts";

/** What a bank's own programs get, on real drivers, executors and Jobs. */
const CUSTOMER = "nordbank";
const DATE = "2026-03-18";
const paths = new FarmPaths(farmRoot());
const central = Central.fromKubeconfig(paths.centralKubeconfig);
const small = {
  memory: Size.gibibytes(1),
  cpu: Cpu.millis(250),
  driverMemory: Size.gibibytes(1),
  driverCpu: Cpu.millis(250),
};
let lane: TestLane;
let night: TestNight;
let state: NightState;
let pods: SeenPods;

/** An account of the customer's own, which may do what `spark` may. */
const ACCOUNT = "risk-desk";

/** Where the pods of a step are to run, and as what. */
const placed = {
  nodeSelector: { "kubernetes.io/os": "linux" },
  affinity: {
    nodeAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 1, preference: { matchExpressions: [{ key: "risk", operator: "Exists" }] } },
      ],
    },
  },
  priorityClass: "overnight",
  imagePullSecrets: ["registry"],
  labels: { "cost-centre": "risk" },
  annotations: { "bank.example/owner": "risk" },
  tolerations: [{ operator: "Exists" }],
} as const;

/** Where a program writes its event log: a folder that is there before. */
const EVENT_LOGS = "/results/event-logs";

/** User of a step in an image of the customer's own. */
const OWN_USER = 1001;

/** What the JVM program is to print as its driver and its executors see it. */
const SHOWN = [
  "REGION",
  "LIMIT",
  "KDB_PASSWORD",
  "/etc/limits/limit",
  "/etc/kdb/password",
  "spark.ui.enabled",
  "spark.sql.shuffle.partitions",
  "spark.hadoop.fs.test",
  "spark.jars",
  "spark.driver.memory",
  "spark.executor.memory",
];

function declare(one: Night): void {
  const jvm = { image: image("risk"), mainClass: "example.Pi", jar: "/opt/risk/jars/pi.jar" };
  one.spark("pi", {
    ...placed,
    serviceAccount: ACCOUNT,
    app: sparkApp({ ...jvm, jars: ["/opt/risk/jars/pi.jar"] }),
    memoryOverhead: Size.mebibytes(300),
    driverMemoryOverhead: Size.mebibytes(310),
    args: ["2", ...SHOWN, "$(POD_NAME)"],
    results: false,
    executors: 1,
    conf: { "spark.sql.shuffle.partitions": "7" },
    hadoopConf: { "fs.test": "said" },
    jvmOptions: ["-Dbank=example"],
    env: {
      REGION: "eu $(POD_NAME)",
      LIMIT: configMapKey("limits", "limit"),
      KDB_PASSWORD: secretKey("kdb", "password"),
    },
    volumes: {
      "/etc/limits": configMapFiles("limits"),
      "/etc/kdb": secretFiles("kdb"),
      "/scratch": scratch(Size.mebibytes(100)),
    },
  });
  const logs = one.job("logs", { image: image("risk"), command: ["mkdir", "-p", EVENT_LOGS] });
  const grows = one.spark("grows", {
    app: sparkApp(jvm),
    args: ["4", "spark.ui.enabled"],
    results: false,
    dynamicAllocation: { min: 1, max: 2 },
    eventLog: `file://${EVENT_LOGS}`,
    ui: true,
    localDisk: Size.mebibytes(512),
    after: logs,
    volumes: { "/scratch": scratch(Size.mebibytes(100)) },
    executorPodTemplate: { spec: { hostAliases: [{ ip: "192.0.2.7", hostnames: ["kdb.bank.example"] }] } },
  });
  one.job("logged", {
    image: image("risk"),
    command: [
      "bash",
      "-euc",
      `find ${EVENT_LOGS} -type f -size +0 ! -name '.*' -printf '%f\\n' >"$RESULTS_DIR/logs"; rm -rf ${EVENT_LOGS}`,
    ],
    results: "out/",
    after: grows,
  });
  const market = one.job("market", {
    ...placed,
    serviceAccount: ACCOUNT,
    image: image("risk"),
    command: ["/opt/risk/jobs/snapshot.py"],
    args: ["--out", one.path("market"), "--date", one.businessDate],
    results: true,
  });
  one.spark("scenarios", {
    app: sparkApp({
      image: image("risk"),
      main: "/opt/risk/jobs/scenarios.py",
      pyFiles: ["/opt/risk/jobs/revaluation.py"],
    }),
    args: ["--scenarios", "500"],
    executors: 1,
    after: market,
  });
}

/** Plain Jobs: one that writes a result with its manifest, and one of three pods that each leave a file. */
function declareJobs(one: Night): void {
  const script = [
    "umask 002",
    'mkdir -p "$NIGHT_DIR/$STEP" && cd "$NIGHT_DIR/$STEP"',
    'printf "%s" "$1 $REGION" >report.txt',
    'sum=$(sha256sum report.txt | cut -d" " -f1)',
    "size=$(stat -c %s report.txt)",
    'echo "{\\"step\\":\\"$STEP\\",\\"attempt\\":$ATTEMPT,\\"files\\":[{\\"path\\":\\"report.txt\\",\\"bytes\\":$size,\\"sha256\\":\\"$sum\\"}]}" >manifest.json',
  ];
  const file = one.job("file", {
    image: image("risk"),
    command: ["bash", "-euc", script.join("\n"), "file"],
    args: [one.businessDate],
    env: { REGION: "eu" },
    results: true,
    result: "report.txt",
  });
  one.job("other", {
    image: image("risk"),
    command: ["bash", "-euc", 'echo "$(id -u) $(id -g) $(id -G)" >"$RESULTS_DIR/who"'],
    user: OWN_USER,
    results: "out/",
    after: file,
  });
  one.job("many", {
    image: image("risk"),
    command: [
      "bash",
      "-euc",
      'mkdir -p "$NIGHT_DIR/many" && echo "pod $JOB_COMPLETION_INDEX" | tee "$NIGHT_DIR/many/$JOB_COMPLETION_INDEX"',
    ],
    parallelism: 3,
    after: file,
  });
}

beforeAll(async () => {
  process.env.NIGHTLANE_IMAGES = paths.images;
  const definition = await loadCustomer(CUSTOMER);
  await keep(definition.cluster.namespace);
  const { schedule } = definition.workflow;
  const workflow = sparkRiskWorkflow({
    schedule,
    defaults: { spark: small, job: { cpu: Cpu.millis(50), memory: Size.mebibytes(64) } },
    steps: (one) => {
      declare(one);
      declareJobs(one);
    },
  });
  const spec = nightSpec({ ...definition, workflow });
  const namespace = laneNamespace(CUSTOMER);
  const name = contentName(NIGHT, spec);
  lane = new TestLane(paths, CUSTOMER);
  await lane.create({
    apiVersion: "argoproj.io/v1alpha1",
    kind: "WorkflowTemplate",
    metadata: { name, namespace },
    spec,
  });
  pods = new SeenPods(paths.customer(CUSTOMER).adminKubeconfig, definition.cluster.namespace);
  night = await lane.startNight(DATE, name);
  const started = { customer: CUSTOMER, displayName: CUSTOMER, namespace, workflow: night.workflow };
  const [ended] = await watchNights(central, [started], process.stdout, 600);
  if (ended === undefined) {
    throw new Error("no night");
  }
  state = ended;
});

afterAll(async () => {
  await pods?.end();
  await lane?.end();
});

/** What the customer's own people keep in their cluster. */
async function keep(namespace: string): Promise<void> {
  const config = new KubeConfig();
  config.loadFromFile(paths.customer(CUSTOMER).adminKubeconfig);
  const core = config.makeApiClient(CoreV1Api);
  const limits = { metadata: { name: "limits" }, data: { limit: "42" } };
  const kdb = { metadata: { name: "kdb" }, stringData: { password: "of-the-farm" } };
  const there = (error: unknown): void => {
    if ((error as { readonly code?: number }).code !== 409) {
      throw error;
    }
  };
  await core.createNamespacedConfigMap({ namespace, body: limits }).catch(there);
  await core.createNamespacedSecret({ namespace, body: kdb }).catch(there);
  const auths = { "registry.bank.example": { auth: Buffer.from("puller:of-the-farm").toString("base64") } };
  const registry = {
    metadata: { name: "registry" },
    type: "kubernetes.io/dockerconfigjson",
    stringData: { ".dockerconfigjson": JSON.stringify({ auths }) },
  };
  await core.createNamespacedSecret({ namespace, body: registry }).catch(there);
  const account = { metadata: { name: ACCOUNT } };
  await core.createNamespacedServiceAccount({ namespace, body: account }).catch(there);
  const asSpark = {
    ...account,
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "spark" },
    subjects: [{ kind: "ServiceAccount", name: ACCOUNT, namespace }],
  };
  await config
    .makeApiClient(RbacAuthorizationV1Api)
    .createNamespacedRoleBinding({ namespace, body: asSpark })
    .catch(there);
  const overnight = { metadata: { name: "overnight" }, value: 1000 };
  await config.makeApiClient(SchedulingV1Api).createPriorityClass({ body: overnight }).catch(there);
}

function jobOf(step: string): string {
  return state.steps.find(({ name }) => name === step)?.attemptLog[0]?.remoteJob ?? "";
}

/** What a pod has of the file's settings for placement. */
function placementOf({ metadata, spec }: V1Pod): unknown {
  const tolerations = spec?.tolerations?.filter(({ operator, key }) => operator === "Exists" && key === undefined);
  return {
    nodeSelector: spec?.nodeSelector,
    affinity: spec?.affinity,
    priorityClass: spec?.priorityClassName,
    imagePullSecrets: spec?.imagePullSecrets?.map(({ name }) => name),
    labels: { "cost-centre": metadata?.labels?.["cost-centre"] },
    annotations: { "bank.example/owner": metadata?.annotations?.["bank.example/owner"] },
    tolerations,
  };
}

/** Where the lane has what a step brought. */
async function folderOf(step: string): Promise<string> {
  return join(await laneVolume(paths, CUSTOMER), "night", DATE, `run-${night.number}`, step);
}

async function logOf(step: string): Promise<string> {
  return readFileSync(join(await folderOf(`${step}.attempts`), "attempt-1.log"), "utf8");
}

describe("a JVM program in an image that follows Apache Spark's contract", () => {
  test("and plain Jobs end well, with a fixed number of executors and with as many as there is work for", () => {
    expect(state.steps.map(({ name, state: one }) => [name, one])).toEqual([
      ["pi", "succeeded"],
      ["logs", "succeeded"],
      ["grows", "succeeded"],
      ["logged", "succeeded"],
      ["market", "succeeded"],
      ["scenarios", "succeeded"],
      ["file", "succeeded"],
      ["other", "succeeded"],
      ["many", "succeeded"],
    ]);
  });

  test("sees on driver and executors what the customer file sets, secrets and files included", async () => {
    const log = await logOf("pi");
    const seen: Readonly<Record<string, string>> = {
      // Not the name of the pod: a dollar sign in the file is not a reference.
      REGION: "eu $(POD_NAME)",
      LIMIT: "42",
      KDB_PASSWORD: "of-the-farm",
      "/etc/limits/limit": "42",
      "/etc/kdb/password": "of-the-farm",
      "spark.ui.enabled": "false",
      "spark.sql.shuffle.partitions": "7",
      "spark.hadoop.fs.test": "said",
    };
    expect(log).toMatch(/^.*spark\.jars: driver \S*pi\.jar, executors \S*pi\.jar$/m);
    for (const [name, value] of Object.entries(seen)) {
      expect(log).toContain(`${name}: driver ${value}, executors ${value}`);
    }
    expect(log).toContain("$(POD_NAME): driver not set, executors not set");
    expect(log).toMatch(/pi is about 3\.1/);
  });

  test("has driver and executors placed, prioritized and labelled as the file says", () => {
    expect(placementOf(pods.driver(jobOf("pi")))).toEqual(placed);
    expect(placementOf(pods.executor(jobOf("pi")))).toEqual(placed);
  });

  test("has a driver of the account that the file names, which starts the executors", () => {
    expect(pods.driver(jobOf("pi")).spec?.serviceAccountName).toBe(ACCOUNT);
    expect(pods.driver(jobOf("grows")).spec?.serviceAccountName).toBe("spark");
  });

  test("has as much memory in all as the file says, and beside the heap what it leaves", async () => {
    const memory = ({ spec }: V1Pod) => spec?.containers[0]?.resources?.requests?.memory;
    expect([memory(pods.driver(jobOf("pi"))), memory(pods.executor(jobOf("pi")))]).toEqual(["1Gi", "1Gi"]);
    const log = await logOf("pi");
    expect(log).toContain("spark.driver.memory: driver 714m");
    expect(log).toMatch(/spark\.executor\.memory: driver 724m, executors 724m/);
  });

  test("has the JVM's options on driver and executors", () => {
    const [driver] = pods.driver(jobOf("pi")).spec?.containers ?? [];
    expect(driver?.args).toContain("spark.driver.extraJavaOptions=-Dbank=example");
    const [executor] = pods.executor(jobOf("pi")).spec?.containers ?? [];
    const options = executor?.env?.filter(({ name }) => name.startsWith("SPARK_JAVA_OPT_")).map(({ value }) => value);
    expect(options).toContain("-Dbank=example");
  });

  test("serves its UI where the file says so", async () => {
    expect(await logOf("grows")).toContain("spark.ui.enabled: driver true, executors true");
  });

  test("leaves its event log in the folder that the file names", async () => {
    const found = readFileSync(join(await folderOf("logged"), "logs"), "utf8");
    expect(found).toMatch(/spark-/);
  });

  test("keeps shuffle files in executors in the volume that the file sizes, and in no other", () => {
    const { containers: [container] = [], volumes = [] } = pods.executor(jobOf("grows")).spec ?? {};
    const own = volumes.filter(({ name }) => name.startsWith("spark-local-dir-"));
    expect(own).toEqual([{ name: "spark-local-dir-1", emptyDir: { sizeLimit: "512Mi" } }]);
    const mounted = container?.volumeMounts?.filter(({ name }) => name.startsWith("spark-local-dir-"));
    expect(mounted?.map(({ mountPath }) => mountPath)).toEqual(["/tmp"]);
    expect(container?.env).toContainEqual({ name: "SPARK_LOCAL_DIRS", value: "/tmp" });
  });

  test("has executors from the file's own pod template", () => {
    const alias = { ip: "192.0.2.7", hostnames: ["kdb.bank.example"] };
    expect(pods.executor(jobOf("grows")).spec?.hostAliases).toEqual([alias]);
  });
});

test("a Python program has the files beside it that the file names", () => {
  const [container] = pods.driver(jobOf("scenarios")).spec?.containers ?? [];
  expect(JSON.stringify([container?.args, container?.command])).toContain("/opt/risk/jobs/revaluation.py");
});

describe("a plain Job", () => {
  test("is placed, prioritized and labelled as the file says", () => {
    expect(placementOf(pods.driver(jobOf("market")))).toEqual(placed);
  });

  test("has the account that the file names, and no token without one", () => {
    const accountOf = ({ spec }: V1Pod) => [spec?.serviceAccountName, spec?.automountServiceAccountToken];
    expect(accountOf(pods.driver(jobOf("market")))).toEqual([ACCOUNT, true]);
    expect(accountOf(pods.driver(jobOf("file")))).toEqual(["default", false]);
  });

  test("brings its result back, hashed, and keeps its log", async () => {
    expect(readFileSync(join(await folderOf("file"), "report.txt"), "utf8")).toBe(`${DATE} eu`);
    const results = state.steps.find(({ name }) => name === "file")?.attemptLog[0]?.results ?? "";
    expect(Object.keys(JSON.parse(results).files)).toEqual(["report.txt"]);
    expect(await logOf("file")).toContain("created Job");
  });

  test("runs as the user that the file names, in the group of all steps", async () => {
    expect(readFileSync(join(await folderOf("other"), "who"), "utf8")).toBe(`${OWN_USER} 185 185 ${OWN_USER}\n`);
  });

  test("of several pods is done when all are", async () => {
    const job = state.steps.find(({ name }) => name === "many")?.attemptLog[0]?.remoteJob ?? "";
    const found = await (await CustomerCluster.of(CUSTOMER)).job(job);
    expect(found?.status).toMatchObject({ succeeded: 3, completedIndexes: "0-2" });
  });
});
