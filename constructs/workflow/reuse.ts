import { Duration } from "cdk8s";
import { TEMPLATE } from "../../runs/template-names.ts";
import type { NightDefinition } from "../definition/night-definition.ts";
import type { Step } from "../night/step.ts";
import { bringsResults } from "../night/step-results.ts";
import { STEP } from "../night/tokens.ts";
import type { DagTask, Template } from "./argo.ts";
import { runnerTemplate } from "./runner-template.ts";
import { LEAVES, reuseDocument, stepTimeout } from "./step-document.ts";
import { outputsOf } from "./step-outputs.ts";
import { NIGHT_PARAMETERS, PASS_NIGHT_PARAMETERS, STEP_LABEL } from "./wrapper.ts";

/** What a step leaves, by path below the night's directory on each of the two volumes; empty for nothing. */
interface Leftovers {
  readonly remote: string;
  readonly lane: string;
  /** Whether a run in which the step succeeded always has them. */
  readonly required: boolean;
}

/** Results with their manifest, on both volumes. */
const RESULTS: Leftovers = { remote: STEP, lane: STEP, required: true };

/** Whatever a program may have left on the customer's volume. */
const FILES_ALONE: Leftovers = { remote: STEP, lane: "", required: false };

/** The task that reuses a step's results; undefined for a step that leaves none. */
export function reuseTask(step: Step): DagTask | undefined {
  const left = leftBy(step);
  if (left === undefined) {
    return undefined;
  }
  return {
    name: "reuse",
    template: TEMPLATE.reuse,
    arguments: {
      parameters: [
        ...PASS_NIGHT_PARAMETERS,
        { name: "step", value: STEP },
        { name: "remote", value: left.remote },
        { name: "lane", value: left.lane },
        { name: "required", value: left.required ? "yes" : "no" },
      ],
    },
  };
}

/** The least time for reusing a step's results, on both volumes together. */
const REUSE_TIME = Duration.hours(1);

/** Reuses what a step of an earlier run left. Shared by all steps, so it has the time of the longest of them. */
export function reuseTemplate(definition: NightDefinition): Template {
  const timeout = longest(definition.workflow.steps.filter((step) => leftBy(step) !== undefined).map(stepTimeout));
  const deadlineSeconds = timeout.toSeconds() + 600;
  const base = runnerTemplate({
    name: TEMPLATE.reuse,
    command: "reuse",
    document: reuseDocument(definition, timeout),
    deadlineSeconds,
  });
  return {
    ...base,
    ...STEP_LABEL,
    inputs: {
      parameters: [
        ...NIGHT_PARAMETERS,
        ...["step", "remote", "lane", "required"].map((name) => ({ name })),
        // The document's attempt; its log is in the step's folder like that of any attempt.
        { name: "attempt", value: "1" },
      ],
    },
    outputs: outputsOf("results"),
  };
}

function longest(times: readonly Duration[]): Duration {
  return Duration.seconds(Math.max(REUSE_TIME.toSeconds(), ...times.map((time) => time.toSeconds())));
}

function leftBy({ work }: Step): Leftovers | undefined {
  switch (work.kind) {
    case "gate":
      return undefined;
    case "spark":
    case "job":
      return bringsResults(work) ? RESULTS : FILES_ALONE;
    case "exec":
      return FILES_ALONE;
    case "copyIn":
      return work.options.to.kind === "results" ? { remote: LEAVES, lane: "", required: true } : undefined;
    case "copyOut":
      return { remote: "", lane: LEAVES, required: true };
  }
}
