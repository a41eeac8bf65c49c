import { CREDENTIAL_SECRET } from "../../../constructs/lane/credential-secret.ts";
import { AUDIENCE_PREFIX, FEDERATED_TOKEN_LIFE } from "../../../constructs/lane/federation.ts";
import { SERVER_ADDRESSES } from "../../../constructs/lane/server-addresses.ts";
import { WORKFLOW_FIELDS } from "../../../constructs/platform/admission/workflow-fields.ts";
import { CONTAINER_FIELDS, NODE_FIELDS, TASK_FIELDS, TEMPLATE_SPEC_FIELDS } from "../../../constructs/workflow/argo.ts";
import { POD_PATCH } from "../../../constructs/workflow/pod-patch.ts";
import { outputFile } from "../../../constructs/workflow/step-outputs.ts";
import { PLACES_KEY, PLACES_NAME } from "../../../runs/step-group.ts";
import { type Fields, fields, fieldsList, isFields } from "../../model/fields.ts";
import type { Rule } from "../rule.ts";

/** What a placeholder may stand for: the night's own identity and what its own steps reported. */
const PLACEHOLDER =
  /^(workflow\.(name|uid|status|scheduledTime|creationTimestamp\.s|(outputs\.)?parameters\.[a-z-]+)|inputs\.parameters\.[a-z-]+|tasks\.[a-z-]+\.outputs\.parameters\.[a-z-]+)$/;

/** The expressions that there are: all others would be an author's or a runner's, evaluated in the controller of all lanes. */
const EXPRESSIONS = [
  /^=asInt\(inputs\.parameters\.attempt\)\+\(tasks\.decision\.outputs\.parameters\.decision == 'ADOPT' \? 0 : 1\)$/,
  /^=tasks\.run\.status != '' && get\(tasks\.run, 'exitCode'\) == '11' \? '[0-9]{1,5}' : ''$/,
  /^=inputs\.parameters\.anew == 'all' \|\| inputs\.parameters\.anew contains ',[a-z0-9-]+,'$/,
];

/** What decides on another try: how the last one ended, and nothing that a step reports. */
const RETRY = /^lastRetry\.(status|exitCode) == "[A-Za-z0-9]+"( \|\| lastRetry\.(status|exitCode) == "[A-Za-z0-9]+")*$/;

const VOLUMES: Readonly<Record<string, readonly string[]>> = {
  secret: ["secretName", "defaultMode"],
  configMap: ["name", "items"],
  persistentVolumeClaim: ["claimName"],
  downwardAPI: ["items"],
  emptyDir: ["sizeLimit"],
  projected: ["sources", "defaultMode"],
};

const CRON_FIELDS = [
  "schedules",
  "timezone",
  "concurrencyPolicy",
  "suspend",
  "startingDeadlineSeconds",
  "successfulJobsHistoryLimit",
  "failedJobsHistoryLimit",
  "workflowMetadata",
  "workflowSpec",
];

const SOURCE = "change constructs/workflow/ or constructs/lane/, and explain in the rule why it opens no way";

export const templateContent: Rule = {
  number: 45,
  name: "template-content",
  info: "A lane's template or schedule has a field, a volume or an expression that is not on the closed list.",
  explanation:
    "Admission refuses such a template when it is deployed, in the middle of a change; here it is found before. And a text of a customer's file that is an expression is not seen by admission at all: Argo evaluates it in the one controller of all lanes, with a library that can exhaust it. So fields are the lists that admission has, volumes are those of a runner, and placeholders and expressions are the few that the constructs write.",
  unit: "templates and schedules",
  check(view, inspection) {
    for (const { manifest, object } of view.objects) {
      if (manifest.kind !== "WorkflowTemplate" && manifest.kind !== "CronWorkflow") {
        continue;
      }
      inspection.examine();
      const report = (message: string): void => inspection.report(object, message, SOURCE);
      const spec = fields(manifest.spec);
      if (manifest.kind === "CronWorkflow") {
        unknown(spec, CRON_FIELDS, "spec", report);
        unknown(fields(spec.workflowSpec), WORKFLOW_FIELDS, "spec.workflowSpec", report);
      } else {
        checkTemplate(spec, manifest.metadata.namespace ?? "", report);
      }
      const { podSpecPatch: _, ...texts } = spec;
      checkTexts(texts, { key: "spec" }, report);
    }
  },
};

type Report = (message: string) => void;

function unknown(object: Fields, allowed: readonly string[], path: string, report: Report): void {
  for (const field of Object.keys(object).filter((each) => !allowed.includes(each))) {
    report(`${path}.${field} is not a field that was reviewed`);
  }
}

function checkTemplate(spec: Fields, namespace: string, report: Report): void {
  unknown(spec, TEMPLATE_SPEC_FIELDS, "spec", report);
  if (spec.podSpecPatch !== undefined && spec.podSpecPatch !== POD_PATCH) {
    report("spec.podSpecPatch is another than the one that admission allows");
  }
  if (spec.serviceAccountName !== "executor" || spec.automountServiceAccountToken !== false) {
    report("spec.serviceAccountName and spec.automountServiceAccountToken are not those of a lane's pods");
  }
  fieldsList(spec.volumes).forEach((volume, index) => {
    const path = `spec.volumes[${index}]`;
    checkVolume(volume, path, report);
    for (const source of fieldsList(fields(volume.projected).sources)) {
      checkProjected(source, namespace, `${path}.projected.sources`, report);
    }
  });
  fieldsList(spec.templates).forEach((template, index) => {
    const path = `spec.templates[${index}]`;
    unknown(template, NODE_FIELDS, path, report);
    checkParameters(template, path, report);
    checkPlaces(fields(template.synchronization), `${path}.synchronization`, report);
    const container = fields(template.container);
    unknown(container, CONTAINER_FIELDS, `${path}.container`, report);
    for (const variable of fieldsList(container.env)) {
      unknown(variable, ["name", "value"], `${path}.container.env`, report);
    }
    const retry = fields(template.retryStrategy).expression;
    if (retry !== undefined && !RETRY.test(String(retry))) {
      report(`${path}.retryStrategy.expression goes by something else than how the last try ended`);
    }
    for (const task of fieldsList(fields(template.dag).tasks)) {
      unknown(task, TASK_FIELDS, `${path}.dag.tasks`, report);
      checkParameters({ inputs: task.arguments }, `${path}.dag.tasks`, report);
    }
  });
}

function checkVolume(volume: Fields, path: string, report: Report): void {
  const { name: _, ...sources } = volume;
  unknown(sources, Object.keys(VOLUMES), path, report);
  for (const [kind, allowed] of Object.entries(VOLUMES)) {
    unknown(fields(sources[kind]), allowed, `${path}.${kind}`, report);
  }
  const { name } = fields(sources.configMap);
  if (sources.configMap !== undefined && name !== SERVER_ADDRESSES) {
    report(`${path}.configMap is ${String(name)}, not the addresses of the customer's API server`);
  }
}

/** The content of one volume: the lane's credential, and a token that only the lane's own customer accepts. */
function checkProjected(source: Fields, namespace: string, path: string, report: Report): void {
  unknown(source, ["secret", "serviceAccountToken"], path, report);
  unknown(fields(source.secret), ["name"], `${path}.secret`, report);
  if (source.secret !== undefined && fields(source.secret).name !== CREDENTIAL_SECRET) {
    report(`${path}.secret is not the lane's credential`);
  }
  const token = fields(source.serviceAccountToken);
  unknown(token, ["path", "audience", "expirationSeconds"], `${path}.serviceAccountToken`, report);
  if (source.serviceAccountToken !== undefined && token.audience !== `${AUDIENCE_PREFIX}${namespace}`) {
    report(`${path}.serviceAccountToken is for ${String(token.audience)}, not for the lane's own customer`);
  }
  if (Number(token.expirationSeconds ?? 0) > FEDERATED_TOKEN_LIFE.toSeconds()) {
    report(`${path}.serviceAccountToken is good for longer than ${FEDERATED_TOKEN_LIFE.toSeconds()} s`);
  }
}

/** A place of a group, from a ConfigMap of the lane's own namespace, and no other lock. */
function checkPlaces(synchronization: Fields, path: string, report: Report): void {
  unknown(synchronization, ["semaphores"], path, report);
  for (const semaphore of fieldsList(synchronization.semaphores)) {
    unknown(semaphore, ["configMapKeyRef"], `${path}.semaphores`, report);
    const { name, key, ...others } = fields(semaphore.configMapKeyRef);
    unknown(others, [], `${path}.semaphores.configMapKeyRef`, report);
    if (!new RegExp(PLACES_NAME).test(String(name)) || key !== PLACES_KEY) {
      report(`${path} is the lock ${String(name)}/${String(key)}, not the places of a group`);
    }
  }
}

function checkParameters(template: Fields, path: string, report: Report): void {
  for (const side of ["inputs", "outputs"]) {
    const exchanged = fields(template[side]);
    unknown(exchanged, ["parameters"], `${path}.${side}`, report);
    for (const parameter of fieldsList(exchanged.parameters)) {
      unknown(parameter, ["name", "value", "valueFrom", "globalName"], `${path}.${side}.parameters`, report);
      const from = fields(parameter.valueFrom);
      unknown(from, ["path", "default", "configMapKeyRef", "supplied"], `${path}.${side}.parameters.valueFrom`, report);
      if (from.path !== undefined && from.path !== outputFile(String(parameter.name))) {
        report(`${path}.${side}.parameters takes ${String(parameter.name)} from ${String(from.path)}`);
      }
    }
  }
}

/** Where a text is, as its key and what holds it: few places are ever written out. */
interface Place {
  readonly key: string;
  readonly within?: Place;
}

function written({ key, within }: Place): string {
  return within === undefined ? key : `${written(within)}${key}`;
}

function checkTexts(value: unknown, place: Place, report: Report): void {
  if (typeof value === "string") {
    checkText(value, place, report);
  } else if (Array.isArray(value)) {
    value.forEach((item, index) => {
      checkTexts(item, { key: `[${index}]`, within: place }, report);
    });
  } else if (isFields(value)) {
    for (const key of Object.keys(value)) {
      checkText(key, place, report);
      checkTexts(value[key], { key: `.${key}`, within: place }, report);
    }
  }
}

function checkText(value: string, place: Place, report: Report): void {
  if (!value.includes("{{")) {
    return;
  }
  const rest = value.replaceAll(/\{\{([^{}]*)\}\}/g, (expression: string, inside: string) => {
    if (!isKnown(inside)) {
      report(`${written(place)} has the expression ${expression}`);
    }
    return "";
  });
  if (rest.includes("{{")) {
    report(`${written(place)} begins an expression and does not end it`);
  }
}

/** Verdicts by expression: there are few, in very many places. */
const verdicts = new Map<string, boolean>();

function isKnown(inside: string): boolean {
  const known =
    verdicts.get(inside) ?? (PLACEHOLDER.test(inside) || EXPRESSIONS.some((expression) => expression.test(inside)));
  verdicts.set(inside, known);
  return known;
}
