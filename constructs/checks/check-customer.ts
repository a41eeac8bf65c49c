import type { CustomerDefinition } from "../definition/customer-definition.ts";
import { given } from "../definition/given.ts";
import { type Problem, received } from "../definition/problem.ts";
import { REPORTED_PARTS } from "../definition/reported.ts";
import type { RiskWorkflow } from "../definition/risk-workflow.ts";
import { DEFAULTS, inspectForm } from "../form/customer-form.ts";
import { type Sound, withoutMisspelt, withoutRepeats } from "../form/form.ts";
import { Step } from "../night/step.ts";
import { checkApps } from "./check-apps.ts";
import { checkCapacity, checkLane } from "./check-capacity.ts";
import { checkCluster } from "./check-cluster.ts";
import { checkCredentials } from "./check-credentials.ts";
import { checkEndpoint } from "./check-endpoint.ts";
import { checkFurtherNights } from "./check-further-nights.ts";
import { checkDisplayName, checkName } from "./check-name.ts";
import { checkNightSize } from "./check-night-size.ts";
import { checkJobSettings } from "./check-pod-settings.ts";
import { checkRetention } from "./check-retention.ts";
import { checkSchedule } from "./check-schedule.ts";
import { checkShadow } from "./check-shadow.ts";
import { checkSparkSettings } from "./check-spark.ts";
import { checkSteps } from "./check-steps.ts";
import { checkTexts } from "./check-texts.ts";
import { checkTogether } from "./check-together.ts";
import { atDefaults } from "./inherited-retry.ts";
import { centralCluster } from "./read-central.ts";

/**
 * Everything wrong with one definition, in the order of the file. Nothing is synthesized unless this is empty. First
 * come values of a wrong kind and properties that do not exist; a check is left out only where it would use one of
 * them.
 * @param isPart Whether something threw while the file was evaluated, so that steps may be missing.
 */
export function checkCustomer(definition: CustomerDefinition, isPart = false): readonly Problem[] {
  const form = inspectForm(definition);
  if (isPart) {
    form.reported.push(`workflow.steps[${REPORTED_PARTS}]`);
  }
  const sound = form.areSound.bind(form);
  const found = [...withoutRepeats(withoutMisspelt(form), DEFAULTS), ...withoutRepeats(form.unknown, DEFAULTS)];
  const check = (paths: readonly string[], problems: () => readonly Problem[]): boolean => {
    const before = found.length;
    if (sound(...paths)) {
      found.push(...problems());
    }
    return sound(...paths) && found.length === before;
  };
  check(["name"], () => checkName(definition.name));
  check(["displayName"], () => checkDisplayName(definition.displayName));
  check([], () => checkCluster(definition.cluster, sound));
  check(["cluster.server", "cluster.address", "cluster.proxy"], () => checkEndpoint(definition.cluster));
  check([], () => checkCredentials(definition.credentials, centralCluster(), sound));
  const lane = check([], () => checkLane(definition, sound));
  check(["lane.keepResults", "lane.keepLogs"], () => checkRetention(definition));
  check([], () => checkApps(definition, centralCluster(), sound));
  check([], () => checkSchedule(given(definition.workflow) as RiskWorkflow, sound));
  check(["workflow.stepsAtOnce"], () => checkStepsAtOnce(given(definition.workflow).stepsAtOnce));
  const steps = check([], () => checkNight(definition, sound));
  // Without a valid graph there is no busiest moment to measure.
  if (steps && lane) {
    check(["cluster.capacity", "lane", "workflow.steps"], () => checkCapacity(definition));
  }
  // The size is measured on the rendered templates, which need a definition without mistakes.
  if (found.length === 0 && !isPart) {
    check([], () => checkNightSize(definition));
  }
  const further = check(["furtherNights"], () =>
    checkFurtherNights(definition, (one) => checkCustomer(one, isPart), found),
  );
  if (further && steps && lane) {
    check(["cluster.capacity", "lane", "workflow"], () => checkTogether(definition));
  }
  return found;
}

/** A night never has this many steps, so a higher limit would have no effect. */
const MOST_AT_ONCE = 1000;

function checkStepsAtOnce(count: number | undefined): readonly Problem[] {
  if (count === undefined || (Number.isInteger(count) && count >= 1 && count <= MOST_AT_ONCE)) {
    return [];
  }
  const rule = `a whole number from 1 to ${MOST_AT_ONCE}`;
  return [{ property: "workflow.stepsAtOnce", received: received(count), rule, fix: "write for instance 8" }];
}

/** A mistake in the defaults is reported once, not for every step. */
function checkDefaults({ defaults }: RiskWorkflow): readonly Problem[] {
  const { spark = {}, job = {} } = defaults ?? {};
  const settings = { spark: checkSparkSettings(spark), job: checkJobSettings(job) };
  return [
    ...Object.entries(settings).flatMap(([kind, problems]) =>
      problems.map((one) => ({ ...one, property: `workflow.defaults.${kind}.${one.property}` })),
    ),
    ...checkTexts({ spark, job }, "workflow.defaults"),
  ];
}

function checkNight({ workflow }: CustomerDefinition, sound: Sound): readonly Problem[] {
  if (sound("workflow.steps")) {
    const steps = [...checkSteps(workflow.declared), ...checkShadow(workflow)].map((one) => atDefaults(one, workflow));
    return withoutRepeats([...(sound("workflow.defaults") ? checkDefaults(workflow) : []), ...steps], DEFAULTS);
  }
  const { declared } = given(workflow);
  const steps = Array.isArray(declared)
    ? declared.filter((step) => step instanceof Step && typeof step.name === "string")
    : [];
  return steps.length === 0 ? [] : checkSteps(steps, sound);
}
