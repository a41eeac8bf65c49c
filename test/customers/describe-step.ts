import { Duration } from "cdk8s";
import { durationText } from "../../constructs/night/amounts.ts";
import type { Step } from "../../constructs/night/step.ts";
import type { DagTask, Template } from "../../constructs/workflow/argo.ts";
import type { RunnerWord } from "../../constructs/workflow/runner-word.ts";
import { runnerDocument, templateIn } from "../support/night.ts";
import { describeProperties, word } from "./describe-value.ts";

/**
 * What a step is, a line each: what runs and with how much as its synthesized objects have it, defaults included; then
 * every other property that the file gives it.
 */
export function describeStep(templates: readonly Template[], task: DagTask, step: Step | undefined): readonly string[] {
  const { name, depends, when } = task;
  const template = templateIn(templates, `run-${name}`);
  const work = template?.container === undefined ? undefined : (runnerDocument(template) as RunnerDocument);
  return [
    `${name}${depends === undefined ? "" : ` after ${depends}`}`,
    ...[
      ...(when === undefined ? [] : [`only if ${when.replaceAll(/"\{\{inputs\.parameters\.([a-z-]+)\}\}"/g, "$1")}`]),
      ...(work === undefined ? [`a person: ${messageOf(task)}`] : describeWork(work, template?.container?.args?.[0])),
      ...(step === undefined ? [] : describeProperties(step.work.options, SHOWN)),
    ].map((line) => `  ${line}`),
  ];
}

/** Properties of steps that the lines of what runs show, with what they come to; of Helm apps there is a section. */
const SHOWN = new RegExp(
  `^(${[
    ...["after", "from", "to", "when", "timeout", "message", "command", "args", "result", "parallelism"],
    ...["executors", "dynamicAllocation", "memory", "memoryOverhead", "cpu"],
    ...["driverMemory", "driverMemoryOverhead", "driverCpu", "user", "serviceAccount"],
    "app\\.(main|mainClass|jar|labels|container|repository|revision|chart|values)",
  ].join("|")})$`,
);

interface RunnerDocument {
  readonly exec?: Pod & { readonly command: readonly RunnerWord[]; readonly timeoutSeconds: number };
  readonly copy?: Pod & { readonly remotePath: string; readonly lanePath: string; readonly timeoutSeconds: number };
  readonly spark?: { readonly job: Job; readonly result: string | null; readonly timeoutSeconds: number };
}

interface Pod {
  readonly selector: unknown;
  readonly container: string | null;
}

interface Job {
  readonly spec: {
    readonly parallelism: number;
    readonly completionMode?: string;
    readonly template: {
      readonly spec: {
        readonly serviceAccountName?: string;
        readonly containers: readonly [Container];
      };
    };
  };
}

interface Container {
  readonly name: string;
  readonly command?: readonly string[];
  readonly args?: readonly RunnerWord[];
  readonly resources: { readonly requests: Readonly<Record<string, string>> };
  readonly securityContext: { readonly runAsUser: number };
}

function messageOf(task: DagTask): string {
  return `${task.arguments?.parameters?.find(({ name }) => name === "message")?.value}`;
}

function describeWork({ exec, copy, spark }: RunnerDocument, command = ""): readonly string[] {
  const limit = `at most ${durationText(Duration.seconds((exec ?? copy ?? spark)?.timeoutSeconds ?? 0))}`;
  if (exec !== undefined) {
    return [`exec in ${podText(exec)}: ${words(exec.command)}`, limit];
  }
  if (copy !== undefined) {
    const arrow = command === "copy-in" ? "<-" : "->";
    return [`${command} ${podText(copy)} ${copy.remotePath} ${arrow} lane ${copy.lanePath}`, limit];
  }
  return spark === undefined ? [] : [...describeJob(spark.job, spark.result), limit];
}

function podText({ selector, container }: Pod): string {
  return `${JSON.stringify(selector)}${container === null ? "" : ` container ${container}`}`;
}

function describeJob({ spec }: Job, result: string | null): readonly string[] {
  const { serviceAccountName = "default, without a token", containers } = spec.template.spec;
  const [container] = containers;
  const { cpu, memory } = container.resources.requests;
  const left = result === null ? "" : ` -> ${result}`;
  const account = `as user ${container.securityContext.runAsUser}, service account ${serviceAccountName}`;
  if (container.name === "driver") {
    const { conf, program } = sparkArguments(container.args ?? []);
    return [
      `spark ${words(program)}${left}`,
      `driver ${cpu} ${memory}, heap ${conf["spark.driver.memory"]}, ${account}`,
      executorsText(conf),
    ];
  }
  const program = [...(container.command ?? ["<entrypoint>"]), ...(container.args ?? ["<arguments of the image>"])];
  const pods = spec.completionMode === "Indexed" ? `${spec.parallelism} numbered pods, each` : "one pod";
  return [`job ${words(program)}${left}`, `${pods} ${cpu} ${memory}, ${account}`];
}

/** Options of spark-submit that stand before the program, each with a value. */
const BEFORE_PROGRAM = new Set<RunnerWord>(["--master", "--name", "--conf", "--jars", "--py-files"]);

function sparkArguments(args: readonly RunnerWord[]): {
  readonly conf: Readonly<Record<string, string>>;
  readonly program: readonly RunnerWord[];
} {
  const conf: Record<string, string> = {};
  let place = 1;
  for (; BEFORE_PROGRAM.has(args[place] ?? ""); place += 2) {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(`${args[place + 1]}`) ?? [];
    if (args[place] === "--conf" && name !== undefined && value !== undefined) {
      conf[name] = value;
    }
  }
  return { conf, program: args.slice(place) };
}

function executorsText(conf: Readonly<Record<string, string>>): string {
  const count =
    conf["spark.dynamicAllocation.enabled"] === "true"
      ? `${conf["spark.dynamicAllocation.minExecutors"]} to ${conf["spark.dynamicAllocation.maxExecutors"]}`
      : conf["spark.executor.instances"];
  const { "spark.executor.memory": heap, "spark.executor.memoryOverhead": overhead } = conf;
  return `${count} executors ${conf["spark.kubernetes.executor.request.cores"]}, heap ${heap}, overhead ${overhead}`;
}

function words(list: readonly RunnerWord[]): string {
  return list
    .map((one) => (typeof one === "string" ? word(one) : `<${one.type} ${one.from}#${one.keys.join(".")}>`))
    .join(" ");
}
