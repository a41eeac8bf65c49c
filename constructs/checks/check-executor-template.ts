import { isObject } from "../../runs/json.ts";
import { type Problem, received } from "../definition/problem.ts";
import { below } from "../form/form.ts";
import { checkAffinity } from "./check-affinity.ts";
import { checkImage } from "./check-image.ts";
import { checkJvmVariable } from "./check-jvm-options.ts";
import { checkMetadata, checkVariable } from "./check-pod-settings.ts";

type Part = Readonly<Record<string, unknown>>;

/** Fields that would let a pod share its node's namespaces or files, unless false or 0. */
const HOST = ["hostNetwork", "hostPID", "hostIPC", "hostPath", "hostPort", "privileged"];

/** Parts that only a running pod has, or that keep Kubernetes from placing it. */
const NOT_NEW = ["ephemeralContainers", "nodeName", "schedulingGates"];

/** What the prover or the customer's API server would refuse in a well-formed pod template of executors. */
export function checkExecutorTemplate(template: Part | undefined): readonly Problem[] {
  const at = "executorPodTemplate";
  const metadata = partOf(template?.metadata);
  const spec = partOf(template?.spec);
  return [
    ...checkMetadata(partOf(metadata.labels), partOf(metadata.annotations), `${at}.metadata.`),
    ...checkHost(spec, `${at}.spec`),
    ...NOT_NEW.filter((name) => spec[name] !== undefined).map((name) => ({
      property: `${at}.spec.${name}`,
      received: received(spec[name]),
      rule: "a pod that is still to be placed: Spark requests its executors, and the scheduler finds a node for them",
      fix: "remove it, or restrict where they run with nodeSelector or affinity",
    })),
    ...["affinity", "topologySpreadConstraints"].flatMap((name) => checkAffinity(spec[name], `${at}.spec.${name}`)),
    ...["containers", "initContainers"].flatMap((name) =>
      listOf(spec[name]).flatMap((container, index) => checkContainer(container, `${at}.spec.${name}[${index}]`)),
    ),
  ];
}

function checkHost(value: unknown, at: string): readonly Problem[] {
  if (Array.isArray(value)) {
    return value.flatMap((entry, index) => checkHost(entry, `${at}[${index}]`));
  }
  return Object.entries(partOf(value)).flatMap(([name, part]) =>
    HOST.includes(name) && part !== false && part !== 0
      ? [
          {
            property: below(at, name),
            received: received(part),
            rule: "nothing of the node: other pods use its network, processes and files too",
            fix: "remove it; use volumes for what a program needs mounted",
          },
        ]
      : checkHost(part, below(at, name)),
  );
}

function checkContainer({ name, image, env }: Part, at: string): readonly Problem[] {
  const variables = listOf(env).flatMap((variable, index) =>
    typeof variable.value === "string"
      ? [
          ...checkVariable(String(variable.name), variable.value),
          ...(name === "executor" ? checkJvmVariable("", String(variable.name), variable.value) : []),
        ].map((one) => ({ ...one, property: `${at}.env[${index}]` }))
      : [],
  );
  if (typeof image === "string") {
    return [...checkImage(`${at}.image`, image), ...variables];
  }
  if (name === "executor") {
    return variables;
  }
  const rule = "the image of each container but executor, which has that of the step's app";
  const fix = "write image: and <repository>@sha256:<64 hex digits>";
  return [{ property: `${at}.image`, received: "nothing", rule, fix }, ...variables];
}

function partOf(value: unknown): Readonly<Record<string, never>> {
  return isObject(value) ? (value as Readonly<Record<string, never>>) : {};
}

function listOf(value: unknown): readonly Part[] {
  return Array.isArray(value) ? value.map(partOf) : [];
}
