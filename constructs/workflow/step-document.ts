import { Duration } from "cdk8s";
import { FILES_LABELS } from "../customer-side/files-deployment.ts";
import type { DeployedApp } from "../definition/applications.ts";
import type { CustomerDefinition } from "../definition/customer-definition.ts";
import type { CustomerPath } from "../night/customer-path.ts";
import type { Step } from "../night/step.ts";
import { ATTEMPT, BUSINESS_DATE, NIGHT_DIRECTORY, PIPELINE, RUN_NUMBER, VARIANT } from "../night/tokens.ts";
import type { RunnerCommand } from "./runner-template.ts";
import { sparkJob } from "./spark-job.ts";

/** How long an unreachable API server of the customer is waited for before the try ends as infrastructure. */
const OUTAGE_BUDGET = Duration.minutes(30);

/**
 * How long a trouble lasts before the runner ends its try to report it. With the 100 s that a connection may be dead
 * before anybody notices, and what Argo and nightwatch take, people know of it within five minutes.
 */
const TROUBLE_LIMIT = Duration.seconds(150);

/** How long a driver may wait for a node. */
const PENDING_LIMIT = Duration.minutes(15);

/** How long an image may fail to be pulled. */
const IMAGE_PULL_LIMIT = Duration.minutes(5);

/** How long taking over a step's results may take on the customer's side. */
export const REUSE_TIMEOUT = Duration.hours(1);

/** What the runner is told to do where a step's results are taken over, with the inputs of the template `reuse`. */
export function reuseDocument(definition: CustomerDefinition): string {
  const input = (name: string): string => `{{inputs.parameters.${name}}}`;
  return document(definition, input("job"), {
    reuse: {
      fromRun: "{{workflow.parameters.reuse-run}}",
      remote: input("remote"),
      lane: input("lane"),
      required: input("required"),
      timeoutSeconds: REUSE_TIMEOUT.toSeconds(),
    },
  });
}

/** How long to go on until nothing is left of a run that is over. */
export const SWEEP_TIMEOUT = Duration.minutes(5);

/** What the runner is told to do when a night is over, with the date and variant that its calendar found. */
export function sweepDocument(definition: CustomerDefinition): string {
  const found = (name: string): string => `{{workflow.outputs.parameters.${name}}}`;
  return document(definition, "sweep", { sweep: { timeoutSeconds: SWEEP_TIMEOUT.toSeconds() } })
    .replaceAll(BUSINESS_DATE, found("business-date"))
    .replaceAll(VARIANT, found("variant"))
    .replaceAll(ATTEMPT, "1");
}

/** How long one attempt of a step may take. */
export function stepTimeout(step: Step): Duration {
  return step.work.options.timeout ?? Duration.hours(12);
}

/** What the runner is told to do for a step, or undefined for a step that runs nothing. */
export function stepDocument(
  definition: CustomerDefinition,
  step: Step,
): { readonly command: RunnerCommand; readonly document: string } | undefined {
  const { work } = step;
  const timeoutSeconds = stepTimeout(step).toSeconds();
  const told = (
    command: RunnerCommand,
    what: Readonly<Record<string, unknown>>,
  ): { readonly command: RunnerCommand; readonly document: string } => ({
    command,
    document: document(definition, step.name, what),
  });
  switch (work.kind) {
    case "gate":
      return undefined;
    case "spark":
      return told("spark", {
        spark: {
          job: sparkJob({
            customer: definition.name,
            step: step.name,
            namespace: definition.cluster.namespace,
            options: work.options,
          }),
          pendingSeconds: PENDING_LIMIT.toSeconds(),
          imagePullSeconds: IMAGE_PULL_LIMIT.toSeconds(),
          timeoutSeconds,
          ...(work.options.result === undefined ? {} : { result: work.options.result }),
        },
      });
    case "exec":
      return told("exec", {
        exec: { ...podOf(work.options.app), command: work.options.command, timeoutSeconds },
      });
    case "copyIn":
      return told("copy-in", {
        copy: { ...remote(work.options.to), lanePath: `${NIGHT_DIRECTORY}/${work.options.from}`, timeoutSeconds },
      });
    case "copyOut":
      return told("copy-out", {
        copy: {
          ...remote(work.options.from),
          lanePath: `${NIGHT_DIRECTORY}/${work.options.to ?? step.name}`,
          timeoutSeconds,
        },
      });
  }
}

function document(definition: CustomerDefinition, step: string, work: Readonly<Record<string, unknown>>): string {
  const content = {
    run: {
      customer: definition.name,
      pipeline: PIPELINE,
      businessDate: BUSINESS_DATE,
      variant: VARIANT,
      number: RUN_NUMBER,
    },
    step,
    attempt: ATTEMPT,
    namespace: definition.cluster.namespace,
    outageBudgetSeconds: OUTAGE_BUDGET.toSeconds(),
    troubleSeconds: TROUBLE_LIMIT.toSeconds(),
    ...work,
  };
  return withNumbers(JSON.stringify(content));
}

/** Takes the quotes off the two placeholders that stand for numbers, which JSON could not hold unquoted. */
function withNumbers(json: string): string {
  return json.replace(/"(number|attempt)":"(\{\{[^"]+\}\})"/g, '"$1":$2');
}

function remote(path: CustomerPath): Readonly<Record<string, unknown>> {
  return path.kind === "results"
    ? { selector: FILES_LABELS, container: null, remotePath: `${NIGHT_DIRECTORY}/${path.path}` }
    : { ...podOf(path.app), remotePath: path.path };
}

function podOf(app: DeployedApp): Readonly<Record<string, unknown>> {
  return { selector: app.labels, container: app.container ?? null };
}
