import type { Size } from "cdk8s";
import { isPrintable } from "../definition/printable.ts";
import { type Problem, received } from "../definition/problem.ts";
import { isSecretUnder, secretShape } from "../definition/secret-shape.ts";
import { isDnsName, isLabelKey, isLabelValue } from "../kubernetes/names.ts";
import { cpuText, durationText, mebibytes, memoryText, millicores } from "../night/amounts.ts";
import type { KeyReference, MountedVolume, PodSettings, Retries, Toleration } from "../night/pod-settings.ts";
import type { JobSettings, JobSizes } from "../night/step-settings.ts";
import { checkAffinity } from "./check-affinity.ts";
import { secretProblem } from "./check-texts.ts";

/** Variables that Nightlane or Spark sets. */
const OWN_VARIABLES =
  /^(NIGHT_DIR|RESULTS_DIR|JOB_COMPLETION_INDEX|STEP|ATTEMPT|BUSINESS_DATE|RUN_NUMBER|POD_IP|POD_NAME|POD_NAMESPACE|JOB_NAME|SPARK_(DRIVER_BIND_ADDRESS|DRIVER_URL|LOCAL_DIRS|APPLICATION_ID|CONF_DIR|RESOURCE_PROFILE_ID)|(NIGHTLANE|KUBERNETES|SPARK_EXECUTOR|SPARK_JAVA_OPT)_.*)$/;

/** Each attempt may take hours; somebody should have looked into it long before. */
const MOST_RETRIES = 10;

/** Where Nightlane, Kubernetes and Linux have their own mounts: a driver without its token starts no executor. */
const OWN_MOUNTS: readonly string[] = ["/results", "/tmp", "/nightlane", "/var/run/secrets", "/run/secrets", "/proc"];

/** Linux's highest user ID. */
const MOST_USER = 2 ** 31 - 1;

/** The settings of a step's pods: names that Kubernetes accepts, and nothing that Nightlane sets itself. */
export function checkPodSettings(settings: PodSettings): readonly Problem[] {
  const { env = {}, volumes = {}, labels = {}, annotations = {}, nodeSelector = {}, user } = settings;
  const problems: Problem[] = [
    ...Object.entries(env).flatMap(([name, value]) => checkVariable(name, value)),
    ...Object.entries(volumes).flatMap(([path, volume]) => checkVolume(path, volume)),
    ...checkMetadata(labels, annotations),
    ...checkLabels("nodeSelector", nodeSelector),
    ...checkAffinity(settings.affinity, "affinity"),
    ...["priorityClass", "serviceAccount"].flatMap((property) =>
      checkName(property, settings[property as "priorityClass" | "serviceAccount"]),
    ),
    ...(settings.imagePullSecrets ?? []).flatMap((name, index) => checkName(`imagePullSecrets[${index}]`, name)),
  ];
  problems.push(...checkRetries(settings.retries), ...(settings.tolerations ?? []).flatMap(checkToleration));
  if (user !== undefined && (!Number.isInteger(user) || user < 1 || user > MOST_USER)) {
    const rule = "a user ID above 0: no pod of a night runs as root";
    problems.push({ property: "user", received: received(user), rule, fix: "write for instance 1001" });
  }
  return problems;
}

/** Labels and annotations of a step's pods. @param at Prefix of their names in messages. */
export function checkMetadata(labels: Names, annotations: Names, at = ""): readonly Problem[] {
  const found = [
    ...checkLabels("labels", labels),
    ...checkOwn("labels", labels, OWN_LABELS),
    ...checkOwn("annotations", annotations, OWN_ANNOTATIONS),
    ...checkAnnotations(annotations),
  ];
  return found.map((one) => ({ ...one, property: `${at}${one.property}` }));
}

type Names = Readonly<Record<string, string>>;

/** A job's settings, for one step or for all. @param unsaid Sizes for what a step leaves out. */
export function checkJobSettings(settings: JobSettings, unsaid: Sizes = {}): readonly Problem[] {
  const later = checkJobSizes(settings.onRetry ?? {}).map((one) => ({ ...one, property: `onRetry.${one.property}` }));
  const smaller = smallerLater(settings, settings.onRetry ?? {}, unsaid);
  return [...checkPodSettings(settings), ...checkJobSizes(settings), ...later, ...smaller];
}

/**
 * Retry sizes below those of the first attempt, which may come from the night's defaults or from the documented ones.
 */
export function smallerLater(first: Sizes, later: Sizes, unsaid: Sizes): readonly Problem[] {
  return SIZES.flatMap((name) => {
    const [before, after] = [amountOf(first[name] ?? unsaid[name]), amountOf(later[name])];
    if (before === undefined || after === undefined || after >= before) {
      return [];
    }
    const rule = "at least as much as the first attempt: a step is tried again with more, not with less";
    const fix = `write more than ${name} of the first attempt; if a step sets none, it is the one in the night's defaults, or the documented one`;
    return [{ property: `onRetry.${name}`, received: received(later[name]), rule, fix }];
  });
}

const SIZES = ["memory", "driverMemory", "memoryOverhead", "driverMemoryOverhead", "executors"] as const;

/** What a further attempt gets more of. Cores are not included: fewer of them leave each task more memory. */
export type Sizes = { readonly [Name in (typeof SIZES)[number]]?: Size | number | undefined };

function amountOf(size: Size | number | undefined): number | undefined {
  return size === undefined || typeof size === "number" ? size : mebibytes(size);
}

function checkJobSizes({ cpu, memory }: JobSizes): readonly Problem[] {
  const problems: Problem[] = [];
  if (cpu !== undefined && !(millicores(cpu) >= LEAST_MILLICORES)) {
    const rule = `at least ${LEAST_MILLICORES} thousandths of a core`;
    const fix = "write for instance Cpu.millis(500), or Cpu.units(2) for whole cores";
    problems.push({ property: "cpu", received: cpuText(millicores(cpu)), rule, fix });
  }
  if (memory !== undefined && !(mebibytes(memory) >= LEAST_MEBIBYTES)) {
    const rule = `at least ${LEAST_MEBIBYTES} MiB: no container starts with less`;
    const fix = "write for instance Size.gibibytes(1)";
    problems.push({ property: "memory", received: memoryText(mebibytes(memory)), rule, fix });
  }
  return problems;
}

/** Less is a typo: Cpu.millis where Cpu.units was meant. */
const LEAST_MILLICORES = 10;

/** Less is a typo: Size.mebibytes where Size.gibibytes was meant. */
const LEAST_MEBIBYTES = 16;

function checkRetries(retries: Retries | undefined): readonly Problem[] {
  if (retries === undefined) {
    return [];
  }
  const { times, exitCodes = [1], pause } = retries;
  const problems: Problem[] = [];
  if (!Number.isInteger(times) || times < 1 || times > MOST_RETRIES) {
    const rule = `a whole number, at least 1 and at most ${MOST_RETRIES}`;
    problems.push({ property: "retries.times", received: received(times), rule, fix: "write for instance 2" });
  }
  const wrong = exitCodes.filter((code) => typeof code === "number" && !isFailure(code));
  if (wrong.length > 0 || exitCodes.length === 0) {
    const rule = 'exit codes from 1 to 255, or "OOMKilled", at least one';
    const fix = "write for instance [137], or leave it out for all";
    problems.push({ property: "retries.exitCodes", received: received(exitCodes), rule, fix });
  }
  const seconds = pause?.toSeconds({ integral: false }) ?? LEAST_PAUSE_SECONDS;
  if (!Number.isInteger(seconds) || seconds < LEAST_PAUSE_SECONDS || seconds > MOST_PAUSE_SECONDS) {
    const rule = "whole seconds, at least 10 and at most 6 hours: a step that waits longer needs a person";
    const fix = "write for instance Duration.minutes(5)";
    problems.push({
      property: "retries.pause",
      received: pause === undefined ? "nothing" : durationText(pause),
      rule,
      fix,
    });
  }
  return problems;
}

/** Bounds of a pause: people and nightwatch see it, and it ends within the night. */
const LEAST_PAUSE_SECONDS = 10;
const MOST_PAUSE_SECONDS = 6 * 60 * 60;

function isFailure(code: number): boolean {
  return Number.isInteger(code) && code >= 1 && code <= 255;
}

/** The API server's own rules, which it applies only when a night starts the pod. */
function checkToleration({ key, operator = "Equal", value = "" }: Toleration, index: number): readonly Problem[] {
  const property = `tolerations[${index}]`;
  const problem = (name: string, shown: unknown, rule: string, fix: string): readonly Problem[] => [
    { property: `${property}.${name}`, received: received(shown), rule, fix },
  ];
  if (key === undefined && operator !== "Exists") {
    const fix = 'write its key, or operator: "Exists" to tolerate every taint';
    return problem("key", key, "the key of a taint", fix);
  }
  if (key !== undefined && !isLabelKey(key)) {
    return problem("key", key, "the key of a taint, as a label's", 'write for instance "dedicated"');
  }
  if (operator === "Exists" && value !== "") {
    return problem("value", value, "no value with the operator Exists", 'remove it, or write operator: "Equal"');
  }
  return value === "" || isLabelValue(value)
    ? []
    : problem("value", value, "the value of a taint, as a label's", 'write for instance "spark"');
}

/** A variable of a step's containers. */
export function checkVariable(name: string, value: string | KeyReference): readonly Problem[] {
  const property = `env[${received(name)}]`;
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    const rule = "a variable's name: letters, digits and underscores, no digit first";
    return [{ property, received: received(name), rule, fix: "write for instance REGION" }];
  }
  if (OWN_VARIABLES.test(name)) {
    const rule = "a variable that Nightlane does not set itself";
    const fix = name === "SPARK_LOCAL_DIRS" ? "write localDisk: Size.gibibytes(100)" : "use another name";
    return [{ property, received: received(name), rule, fix }];
  }
  if (typeof value !== "string") {
    return [...checkName(`${property}.name`, value.name), ...checkKey(`${property}.key`, value.key)];
  }
  if (value.includes("\u0000")) {
    const rule = "a text without NUL, which a program's variable cannot contain";
    return [{ property, received: received(value), rule, fix: "put binary data into a file" }];
  }
  const secret = isSecretVariable(name) && !/^(true|false|)$/i.test(value) ? "a text" : secretShape(value);
  return secret === undefined ? [] : [secretProblem(property, secret)];
}

/** A variable's name may mention a secret in any place; `TOKEN_FILE` and the like contain none. */
function isSecretVariable(name: string): boolean {
  const isElsewhere = /(_(FILE|PATH|DIR|NAME|URL|URI|TTL|TIMEOUT|SECONDS|LIMIT)|TOKENS)$/i.test(name);
  return isSecretUnder(name, "x") || (/PASSW(OR)?D|SECRET|TOKEN|CREDENTIAL|ACCESS_KEY/i.test(name) && !isElsewhere);
}

function checkKey(property: string, key: string): readonly Problem[] {
  if (/^[-._a-zA-Z0-9]{1,253}$/.test(key)) {
    return [];
  }
  const rule = "a key of a Secret or ConfigMap: letters, digits, dashes, dots and underscores";
  return [{ property, received: received(key), rule, fix: "write for instance password" }];
}

function checkVolume(path: string, volume: MountedVolume): readonly Problem[] {
  const property = `volumes[${received(path)}]`;
  if (!/^(\/[^/]+)+$/.test(path) || !isPrintable(path) || path.split("/").includes("..") || path.includes(":")) {
    const rule = "the absolute path of a mount, without `..` and colons";
    return [{ property, received: received(path), rule, fix: 'write for instance "/etc/kdb"' }];
  }
  if (OWN_MOUNTS.some((own) => path === own || path.startsWith(`${own}/`) || own.startsWith(`${path}/`))) {
    const rule = `a path outside ${OWN_MOUNTS.join(", ")}: these belong to Nightlane or the node`;
    return [{ property, received: received(path), rule, fix: 'write for instance "/scratch"' }];
  }
  if (volume.kind === "scratch") {
    const enough = mebibytes(volume.size) > 0;
    const rule = "more than zero";
    return enough ? [] : [{ property, received: "0 MiB", rule, fix: "write scratch(Size.gibibytes(20))" }];
  }
  return checkName(`${property}.name`, volume.name);
}

function checkLabels(property: string, labels: Names): readonly Problem[] {
  return Object.entries(labels)
    .filter(([key, value]) => !isLabelKey(key) || !(value === "" || isLabelValue(value)))
    .map(([key, value]) => ({
      property: `${property}[${received(key)}]`,
      received: received(value),
      rule: "a label as Kubernetes accepts it: letters, digits and inner dashes, dots and underscores, at most 63",
      fix: 'write for instance { "cost-centre": "risk" }',
    }));
}

/** Labels by which Nightlane, a Job or Spark finds its own pods. */
const OWN_LABELS =
  /^nightlane\/|(^|[./])(k8s|kubernetes)\.io\/|^(job-name|controller-uid)$|^spark-(role|version|app-|exec-)/;

/** Annotations that Nightlane sets, or that the API server interprets. */
const OWN_ANNOTATIONS =
  /^nightlane\/|^(batch\.|controller\.)?kubernetes\.io\/|^([\w-]+\.)*(apparmor|seccomp)\.security\.(alpha|beta)\.kubernetes\.io\//;

function checkOwn(property: string, names: Names, own: RegExp): readonly Problem[] {
  return Object.keys(names)
    .filter((name) => own.test(name))
    .map((name) => ({
      property: `${property}[${received(name)}]`,
      received: received(name),
      rule: "a name of your own: those of Nightlane, Kubernetes and Spark identify what a pod belongs to",
      fix: 'write for instance "cost-centre"',
    }));
}

/** An object's annotations are at most 256 KiB together. */
const MOST_ANNOTATIONS = 200_000;

/** Names that Kubernetes accepts; an annotation's value is free. */
function checkAnnotations(annotations: Names): readonly Problem[] {
  const length = Buffer.byteLength(Object.entries(annotations).flat().join(""));
  const rule = `annotations of at most ${MOST_ANNOTATIONS} bytes together`;
  return [
    ...(length <= MOST_ANNOTATIONS
      ? []
      : [{ property: "annotations", received: `${length} bytes`, rule, fix: "move longer values into a ConfigMap" }]),
    ...Object.keys(annotations)
      .filter((name) => !isLabelKey(name))
      .map((name) => ({
        property: `annotations[${received(name)}]`,
        received: received(name),
        rule: "a name: letters, digits, dashes, dots and underscores, at most 63, optionally with a domain and a slash before it",
        fix: 'write for instance "bank.example/cost-centre"',
      })),
  ];
}

function checkName(property: string, name: string | undefined): readonly Problem[] {
  if (name === undefined || isDnsName(name)) {
    return [];
  }
  const rule = "a name as Kubernetes accepts it: lower-case letters, digits, dots and inner dashes, at most 253";
  const proposal = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9.-]+/g, "-")
    .replaceAll(/^[-.]+|[-.]+$/g, "");
  const fix = isDnsName(proposal) ? `write ${received(proposal)}` : "write its name in the customer's cluster";
  return [{ property, received: received(name), rule, fix }];
}
