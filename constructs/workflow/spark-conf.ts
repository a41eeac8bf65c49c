import { sparkResources } from "../night/spark-resources.ts";
import type { SparkOptions } from "../night/step.ts";
import { literal } from "./pod-parts.ts";
import { type RunnerWord, runnerWord } from "./runner-word.ts";

/** Where the driver finds the pod template of its executors. */
export const EXECUTOR_TEMPLATE = "/nightlane/executor.json";

/** Ports of the driver, so that a network policy can name them. */
const DRIVER_PORT = 7078;
const BLOCK_MANAGER_PORT = 7079;

/** How often executors may fail before the application does. */
const MOST_EXECUTOR_FAILURES = 4;

/** The arguments of `driver` before the program: Spark's properties. `$(NAME)` is a variable of the driver's pod. */
export function sparkConfArguments(options: SparkOptions): readonly string[] {
  const conf = { ...settings(options), ...ownConf(options) };
  const { app } = options;
  const lists = [
    ["--jars", app.jars],
    ["--py-files", app.pyFiles],
  ] as const;
  return [
    ...["--master", "k8s://https://$(KUBERNETES_SERVICE_HOST):$(KUBERNETES_SERVICE_PORT)", "--name", "$(JOB_NAME)"],
    ...Object.entries(conf).flatMap(([name, value]) => ["--conf", `${name}=${value}`]),
    ...lists.flatMap(([option, paths = []]) => (paths.length === 0 ? [] : [option, paths.map(local).join(",")])),
  ];
}

/** The program and its arguments, as spark-submit takes them. */
export function sparkProgram({ app, args = [] }: SparkOptions): readonly RunnerWord[] {
  const { main, mainClass = "", jar = "" } = app;
  const program = main === undefined ? ["--class", mainClass, local(jar)] : [main];
  return [...program, ...args].map((word) => runnerWord(word, literal));
}

/** A path in the image of driver and executors: nothing is uploaded. */
function local(path: string): string {
  return `local://${path}`;
}

function settings(options: SparkOptions): Readonly<Record<string, string>> {
  const { executors, executorHeap, executorMebibytes, executorMillicores, driverHeap } = sparkResources(options);
  const { dynamicAllocation: bounds, jvmOptions = [], eventLog, ui = false } = options;
  const jvm = literal(jvmOptions.join(" "));
  return {
    "spark.driver.host": "$(POD_IP)",
    "spark.driver.port": `${DRIVER_PORT}`,
    "spark.driver.blockManager.port": `${BLOCK_MANAGER_PORT}`,
    "spark.driver.memory": `${driverHeap}m`,
    "spark.kubernetes.namespace": "$(POD_NAMESPACE)",
    "spark.kubernetes.driver.pod.name": "$(POD_NAME)",
    // A driver in client mode has no service of its own to clean up.
    "spark.kubernetes.driver.service.deleteOnTermination": "false",
    // Results go to one shared claim; executors have none of their own, so Spark need not look for any.
    "spark.kubernetes.driver.ownPersistentVolumeClaim": "false",
    "spark.kubernetes.driver.reusePersistentVolumeClaim": "false",
    "spark.kubernetes.container.image": options.app.image,
    "spark.kubernetes.container.image.pullPolicy": "IfNotPresent",
    "spark.executor.cores": `${Math.max(1, Math.ceil(executorMillicores / 1000))}`,
    "spark.executor.memory": `${executorHeap}m`,
    "spark.executor.memoryOverhead": `${executorMebibytes - executorHeap}m`,
    "spark.executor.maxNumFailures": `${MOST_EXECUTOR_FAILURES}`,
    "spark.kubernetes.executor.request.cores": `${executorMillicores}m`,
    "spark.kubernetes.executor.podNamePrefix": "$(POD_NAME)",
    "spark.kubernetes.executor.podTemplateFile": EXECUTOR_TEMPLATE,
    // Executors carry the driver's identity, so that they can be swept by it if they are ever left without an owner.
    "spark.kubernetes.executor.label.nightlane/customer": "$(NIGHTLANE_LABEL_CUSTOMER)",
    "spark.kubernetes.executor.label.nightlane/step": "$(NIGHTLANE_LABEL_STEP)",
    "spark.kubernetes.executor.label.nightlane/night": "$(NIGHTLANE_LABEL_NIGHT)",
    "spark.kubernetes.executor.deleteOnTermination": "true",
    // The image contains everything that executors read: a driver needs no right to ConfigMaps, and executors start
    // sooner.
    "spark.kubernetes.executor.disableConfigMap": "true",
    // All at once; and where Kubernetes refuses them, request them again every few seconds, not every second.
    "spark.kubernetes.allocation.batch.size": `${executors}`,
    "spark.kubernetes.allocation.batch.delay": "5s",
    "spark.dynamicAllocation.enabled": `${bounds !== undefined}`,
    ...(bounds === undefined
      ? { "spark.executor.instances": `${executors}` }
      : {
          "spark.dynamicAllocation.shuffleTracking.enabled": "true",
          "spark.dynamicAllocation.minExecutors": `${bounds.min}`,
          "spark.dynamicAllocation.initialExecutors": `${bounds.min}`,
          "spark.dynamicAllocation.maxExecutors": `${bounds.max}`,
        }),
    ...(jvm === "" ? {} : { "spark.driver.extraJavaOptions": jvm, "spark.executor.extraJavaOptions": jvm }),
    ...(eventLog === undefined
      ? { "spark.eventLog.enabled": "false" }
      : { "spark.eventLog.enabled": "true", "spark.eventLog.dir": literal(eventLog) }),
    "spark.ui.enabled": `${ui}`,
    "spark.ui.port": "4040",
    "spark.ui.showConsoleProgress": "false",
  };
}

function ownConf({ conf = {}, hadoopConf = {} }: SparkOptions): Readonly<Record<string, string>> {
  return Object.fromEntries([
    ...Object.entries(conf).map(([name, value]) => [name, literal(value)]),
    ...Object.entries(hadoopConf).map(([name, value]) => [`spark.hadoop.${name}`, literal(value)]),
  ]);
}

/** Properties that a file may not set, with the reason and what to write instead. */
const RESERVED: readonly (readonly [pattern: RegExp, rule: string, fix: string])[] = [
  [/^spark\.(master|app\.name|app\.id|submit\.deployMode)$/, "the step sets where and as what Spark runs", "remove it"],
  [
    /^spark\.driver\.(host|port|blockManager\.port|bindAddress)$/,
    "the driver's address is that of its pod",
    "remove it",
  ],
  [
    /^spark\.(executor|driver)\.(memory|memoryOverhead|memoryOverheadFactor|cores)$|^spark\.executor\.instances$|^spark\.memory\.offHeap\.|^spark\.executor\.pyspark\.memory$|^spark\.kubernetes\.(memoryOverheadFactor|(executor|driver)\.(request|limit)\.cores)$/,
    "sizes are counted against the capacity of the customer's cluster",
    "write memory, memoryOverhead, cpu, driverMemory, driverCpu or executors of the step",
  ],
  [
    /^spark\.driver\.resource\./,
    "devices are the executors', in which tasks run",
    "write spark.executor.resource.<device>.amount, .vendor and .discoveryScript, and spark.task.resource.<device>.amount",
  ],
  [
    /^spark\.dynamicAllocation\.(enabled|minExecutors|maxExecutors|initialExecutors|shuffleTracking\.enabled)$/,
    "the maximum of executors is counted against the capacity of the customer's cluster",
    "write dynamicAllocation: { min: 2, max: 8 }",
  ],
  [
    /^spark\.(driver|executor)\.(extra|default)JavaOptions$/,
    "the step has a property for it",
    'write jvmOptions: ["-XX:+UseG1GC"]',
  ],
  [/^spark\.executorEnv\./, "the step has a property for it", 'write env: { REGION: "eu" }, for driver and executors'],
  [/^spark\.hadoop\./, "the step has a property for it", "write it in hadoopConf, without the prefix spark.hadoop."],
  [/^spark\.eventLog\.(enabled|dir)$/, "the step has a property for it", 'write eventLog: "s3a://logs/spark"'],
  [
    /^spark\.local\.dir$/,
    "the step has a property for it",
    "write localDisk: Size.gibibytes(100), for driver and executors",
  ],
  [/^spark\.ui\.(enabled|port)$/, "the step has a property for it", "write ui: true"],
  [
    /^spark\.(jars|submit\.pyFiles|files|archives|jars\.packages)$/,
    "a program is the content of its image, by digest",
    "write jars or pyFiles of sparkApp(...), and add the files to the image",
  ],
  [
    /^spark\.kubernetes\./,
    "a step is found, swept and restricted by the way its pods are made",
    "use the step's own properties (volumes, env, nodeSelector, labels, ...), or executorPodTemplate",
  ],
  [
    /^spark\.executor\.maxNumFailures$/,
    "a step whose executors fail again and again must end and be reported",
    "remove it",
  ],
];

/** Why a property of Spark may not be set, and what to write instead; undefined where it may. */
export function reservedProperty(name: string): { readonly rule: string; readonly fix: string } | undefined {
  const found = RESERVED.find(([pattern]) => pattern.test(name));
  return found === undefined ? undefined : { rule: found[1], fix: found[2] };
}
