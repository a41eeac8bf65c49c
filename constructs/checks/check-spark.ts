import type { Size } from "cdk8s";
import { type Problem, received } from "../definition/problem.ts";
import { secretShape } from "../definition/secret-shape.ts";
import { cpuText, mebibytes, memoryText } from "../night/amounts.ts";
import { LEAST_OVERHEAD, sparkResources } from "../night/spark-resources.ts";
import type { SparkOptions } from "../night/step.ts";
import type { DynamicAllocation, SparkSettings } from "../night/step-settings.ts";
import { reservedProperty } from "../workflow/spark-conf.ts";
import { checkDevices } from "./check-devices.ts";
import { checkExecutorTemplate } from "./check-executor-template.ts";
import { checkImage } from "./check-image.ts";
import { checkJvmOptions, checkJvmVariable } from "./check-jvm-options.ts";
import { checkPodSettings, type Sizes, smallerLater } from "./check-pod-settings.ts";
import { secretProblem } from "./check-texts.ts";

/**
 * Spark refuses a heap of less than 450 MiB, of which a small JVM cannot use everything, and 384 MiB are overhead
 * beside it.
 */
const LEAST_MEBIBYTES = 896;

/** Less is a typo: Cpu.millis where Cpu.units was meant. */
const LEAST_MILLICORES = 50;

/** Smallest heap with which one of Spark's JVMs starts. */
const LEAST_HEAP = 512;

/** Less is a typo: Size.mebibytes where Size.gibibytes was meant. */
const LEAST_LOCAL_DISK = 256;

/** More than any cluster has. */
const MOST_EXECUTORS = 10_000;

function problem(property: string, value: unknown, rule: string, fix: string): Problem {
  return { property, received: received(value), rule, fix };
}

/** Spark's settings, for one step or for all. @param unsaid Sizes for what a step leaves out. */
export function checkSparkSettings(settings: SparkSettings, unsaid: Sizes = {}): readonly Problem[] {
  return [
    ...checkPodSettings(settings),
    ...checkExecutors(settings.executors, settings.dynamicAllocation),
    ...checkSizes(settings),
    ...checkOnRetry(settings, unsaid),
    ...checkProperties("conf", settings.conf),
    ...checkProperties("hadoopConf", settings.hadoopConf),
    ...checkDevices(settings.conf),
    ...checkJvmOptions(settings.jvmOptions),
    ...Object.entries(settings.env ?? {}).flatMap(([name, value]) =>
      checkJvmVariable(`env[${received(name)}]`, name, value),
    ),
    ...checkTaskCpus(settings),
    ...checkLocalDisk(settings.localDisk),
    ...checkEventLog(settings.eventLog),
    ...checkExecutorTemplate(settings.executorPodTemplate),
  ];
}

/** Checks only what is set for later attempts, together with what they inherit from the first. */
function checkOnRetry({ onRetry, ...settings }: SparkSettings, unsaid: Sizes): readonly Problem[] {
  if (onRetry === undefined) {
    return [];
  }
  if (onRetry.executors !== undefined && settings.dynamicAllocation !== undefined) {
    const rule = "nothing beside dynamicAllocation, which sets their number";
    return [problem("onRetry.executors", onRetry.executors, rule, "remove it")];
  }
  const smaller = smallerLater(settings, onRetry, unsaid);
  if (smaller.length > 0) {
    return smaller;
  }
  const later = { ...settings, ...onRetry };
  const known = new Set(checkSizes(settings).map(({ property }) => property));
  return [...checkExecutors(onRetry.executors, undefined), ...checkSizes(later)]
    .filter(({ property }) => property in onRetry || !known.has(property))
    .map((one) => ({ ...one, property: `onRetry.${one.property}` }));
}

/** The image, and the program that Spark starts in it. */
export function checkSparkApp({ app }: SparkOptions): readonly Problem[] {
  const { image, main, mainClass, jar, jars = [], pyFiles = [] } = app;
  const problems: Problem[] = [...checkImage("app.image", image)];
  if ((main === undefined) === (mainClass === undefined) || (mainClass === undefined) !== (jar === undefined)) {
    const given = Object.entries({ main, mainClass, jar }).flatMap(([name, value]) =>
      value === undefined ? [] : [name],
    );
    const rule = "one program: main for Python, or mainClass and jar for the JVM";
    const fix =
      'write sparkApp({ image, main: "/opt/risk/var.py" }), or sparkApp({ image, mainClass: "example.Pi", jar: "/opt/jobs/pi.jar" })';
    problems.push({ property: "app.main", received: given.join(", ") || "no program", rule, fix });
  }
  if (main !== undefined && !isPath(main)) {
    const rule = "the absolute path of a program in the image, without `..`";
    problems.push(
      problem("app.main", main, rule, 'write for instance riskApp("var_es.py"), or "/opt/risk/jobs/var_es.py"'),
    );
  }
  if (mainClass !== undefined && !/^[\p{L}_$][\p{L}\p{N}_$]*(\.[\p{L}_$][\p{L}\p{N}_$]*)*$/u.test(mainClass)) {
    problems.push(
      problem("app.mainClass", mainClass, "the full name of a class", 'write for instance "example.SparkPi"'),
    );
  }
  const paths = [
    ["app.jar", jar === undefined ? [] : [jar]],
    ["app.jars", jars],
    ["app.pyFiles", pyFiles],
  ] as const;
  for (const [property, given] of paths) {
    for (const path of given.filter((one) => !isPath(one) || one.includes(","))) {
      const rule = "the absolute path of a file in the image, without `..` and commas";
      problems.push(problem(property, path, rule, 'write for instance "/opt/jobs/lib.jar"'));
    }
  }
  return problems;
}

function isPath(path: string): boolean {
  return /^\/[^\p{C}]*[^\p{C}/]$/u.test(path) && !path.split("/").includes("..");
}

function checkExecutors(executors: number | undefined, bounds: DynamicAllocation | undefined): readonly Problem[] {
  const isCount = (count: number): boolean => Number.isInteger(count) && count >= 1 && count <= MOST_EXECUTORS;
  const rule = `a whole number, at least 1 and at most ${MOST_EXECUTORS}`;
  if (bounds !== undefined && executors !== undefined) {
    const either = "nothing beside dynamicAllocation, which sets their number";
    return [problem("executors", executors, either, "remove one of the two")];
  }
  if (bounds === undefined) {
    return executors === undefined || isCount(executors)
      ? []
      : [problem("executors", executors, rule, "write for instance 2")];
  }
  const wrong = (["min", "max"] as const)
    .filter((end) => !isCount(bounds[end]))
    .map((end) => problem(`dynamicAllocation.${end}`, bounds[end], rule, "write for instance 2"));
  if (wrong.length === 0 && bounds.min > bounds.max) {
    const ends = "at least as many as min";
    return [
      problem(
        "dynamicAllocation.max",
        bounds.max,
        ends,
        `write for instance { min: ${bounds.min}, max: ${bounds.min} }`,
      ),
    ];
  }
  return wrong;
}

function checkSizes(settings: SparkSettings): readonly Problem[] {
  const problems: Problem[] = [];
  // A Python program's overhead, which leaves less: it is checked again for the step's own program.
  const resources = sparkResources({ ...settings, app: { image: "", main: "" } });
  for (const [property, amount] of [
    ["memory", resources.executorMebibytes],
    ["driverMemory", resources.driverMebibytes],
  ] as const) {
    if (!(amount >= LEAST_MEBIBYTES)) {
      const rule = `at least ${LEAST_MEBIBYTES} MiB: Spark refuses a smaller JVM heap than that leaves`;
      problems.push({ property, received: `"${amount} MiB"`, rule, fix: "write for instance Size.gibibytes(2)" });
    }
  }
  for (const [property, overhead, heap] of [
    ["memoryOverhead", settings.memoryOverhead, resources.executorHeap],
    ["driverMemoryOverhead", settings.driverMemoryOverhead, resources.driverHeap],
  ] as const) {
    if (overhead !== undefined && (mebibytes(overhead) < LEAST_OVERHEAD || heap < LEAST_HEAP)) {
      const rule = `at least ${LEAST_OVERHEAD} MiB, and ${LEAST_HEAP} MiB less than the memory that contains it: the rest is the heap`;
      problems.push({
        property,
        received: `${mebibytes(overhead)} MiB`,
        rule,
        fix: "write for instance Size.mebibytes(512)",
      });
    }
  }
  for (const [property, amount] of [
    ["cpu", resources.executorMillicores],
    ["driverCpu", resources.driverMillicores],
  ] as const) {
    if (!(amount >= LEAST_MILLICORES)) {
      const rule = `at least ${LEAST_MILLICORES} thousandths of a core: a JVM does not start in time with less`;
      const fix = "write for instance Cpu.millis(250), or Cpu.units(2) for whole cores";
      problems.push(problem(property, cpuText(amount), rule, fix));
    }
  }
  return problems;
}

/** Whether a Spark or Hadoop property holds a secret itself, not a reference to one. */
function holdsSecret(name: string): boolean {
  const isElsewhere = /(provider|providers|path|file|name|url|uri|enabled|lifetime|interval|class|renewal\.\w+)$/i.test(
    name,
  );
  return /(password|secret|token|credential|access\.key)/i.test(name) && !isElsewhere;
}

function checkProperties(
  property: "conf" | "hadoopConf",
  properties: Readonly<Record<string, string>> = {},
): readonly Problem[] {
  return Object.entries(properties).flatMap(([name, value]) => {
    const at = `${property}[${received(name)}]`;
    const secret = holdsSecret(name) ? "a value" : secretShape(value);
    const reserved = property === "conf" ? reservedProperty(name) : undefined;
    if (secret !== undefined && !name.startsWith("spark.kubernetes.")) {
      return [secretProblem(at, secret)];
    }
    if (reserved !== undefined) {
      return [
        { property: at, received: secret === undefined ? received(value) : `${secret} (not shown)`, ...reserved },
      ];
    }
    if (property === "hadoopConf" && name.startsWith("spark.hadoop.")) {
      const rule = "the property's own name: the prefix spark.hadoop. is added";
      const fix = `write { ${JSON.stringify(name.replace("spark.hadoop.", ""))}: ... }`;
      return [{ property: at, received: received(name), rule, fix }];
    }
    const isName = /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name) && (property !== "conf" || name.startsWith("spark."));
    if (!isName || /[\p{C}]/u.test(value)) {
      const rule =
        property === "conf"
          ? "a Spark property that begins with spark., and a value on one line"
          : "a property and a value on one line";
      return [
        {
          property: at,
          received: received(isName ? value : name),
          rule,
          fix: 'write for instance { "spark.sql.shuffle.partitions": "200" }',
        },
      ];
    }
    return [];
  });
}

/** Spark fails at its start where a task needs more cores than an executor has. */
function checkTaskCpus(settings: SparkSettings): readonly Problem[] {
  const cpus = settings.conf?.["spark.task.cpus"];
  const { executorMillicores } = sparkResources({ ...settings, app: { image: "", main: "" } });
  const cores = Math.max(1, Math.ceil(executorMillicores / 1000));
  if (cpus === undefined || (/^[1-9]\d*$/.test(cpus) && Number(cpus) <= cores)) {
    return [];
  }
  const rule = `a whole number from 1 to the cores of an executor, here ${cores}`;
  return [problem('conf["spark.task.cpus"]', cpus, rule, `write "${cores}", or a larger cpu`)];
}

function checkLocalDisk(size: Size | undefined): readonly Problem[] {
  if (size === undefined || mebibytes(size) >= LEAST_LOCAL_DISK) {
    return [];
  }
  const rule = `at least ${LEAST_LOCAL_DISK} MiB: Spark keeps more than that there`;
  const fix = "write for instance Size.gibibytes(100)";
  return [{ property: "localDisk", received: memoryText(mebibytes(size)), rule, fix }];
}

function checkEventLog(place: string | undefined): readonly Problem[] {
  if (place === undefined || /^(?!https?:|local:)[a-z][a-z0-9+.-]*:\/{1,3}[^\s\p{C}]+$/u.test(place)) {
    return [];
  }
  return [
    problem(
      "eventLog",
      place,
      "a URI of a folder that exists, on a file system to which Spark can write",
      'write for instance "s3a://logs/spark"',
    ),
  ];
}
