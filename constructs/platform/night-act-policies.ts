import { LANE_PREFIX } from "../../runs/lane-namespace.ts";
import { ACT_NAME, NIGHT_ACTS } from "../../runs/night-act.ts";
import { SYSTEM_NAMESPACE } from "../definition/central-cluster.ts";
import type { AdmissionPolicyProps } from "./admission/admission-policy.ts";
import { FROM_DEPLOYER, FROM_KUBERNETES, FROM_NIGHTWATCH } from "./admission/identities.ts";

/** CEL: when the API server accepted the act; it overwrites whatever the requester writes there. */
const TAKEN_AT = "timestamp(object.metadata.creationTimestamp)";

/** CEL: the time in an act's name, as the requester claims it, in RFC 3339. */
const SAID_AT = (() => {
  const part = (from: number, to: number): string => `object.metadata.name.substring(${from}, ${to})`;
  return `(${part(4, 8)} + '-' + ${part(8, 10)} + '-' + ${part(10, 12)} + 'T' + ${part(12, 14)} + ':' + ${part(14, 16)} + ':' + ${part(16, 18)} + 'Z')`;
})();

/**
 * CEL: that time is close to the API server's. Within a day, since a clock may be wrong at night when an act is needed.
 * Compared as texts, so that a day that its month lacks is refused with a reason, and only near the end of its month by
 * its conversion.
 */
const WITHIN_A_DAY = [
  `${SAID_AT} > string(${TAKEN_AT} - duration('24h'))`,
  `${SAID_AT} < string(${TAKEN_AT} + duration('24h'))`,
  `timestamp(${SAID_AT}) > timestamp('2000-01-01T00:00:00Z')`,
].join(" && ");

/** An act names the person who asks, whom the API server has authenticated, and the time at which it was asked for. */
export const HONEST_ACTS: AdmissionPolicyProps = {
  name: "nightlane-night-acts",
  rules: [{ ...NIGHT_ACTS, resources: ["nightacts"], operations: ["CREATE"] }],
  validations: [
    {
      expression: "object.spec.by == request.userInfo.username",
      received: "'an act by ' + object.spec.by + ' from ' + request.userInfo.username",
      rule: "an act names whoever makes the request: run records rest on it",
      fix: "use the nightlane command, which asks the API server who you are",
    },
    {
      expression: "!has(object.spec.group) || object.spec.group in request.userInfo.groups",
      received: "'an act in the name of ' + object.spec.group + ' from ' + request.userInfo.username",
      rule: "an act names no group but one of the requester: gates rest on it",
      fix: "use the nightlane command, which asks the API server which groups you are in",
    },
    {
      expression: `object.spec.verb != 'release' || !request.userInfo.username.matches('^system:serviceaccount:(${LANE_PREFIX}|${SYSTEM_NAMESPACE}:)')`,
      received: "'a release by ' + request.userInfo.username",
      rule: "a gate is released by a person: an account of a lane or of the platform is none, and whoever deploys can make many",
      fix: "ask a person on call",
    },
    {
      expression: `object.metadata.name.matches('${ACT_NAME}') && ${WITHIN_A_DAY}`,
      received: `object.metadata.name + ' at ' + string(${TAKEN_AT})`,
      rule: "an act is named by its time, act-<yyyymmddhhmmssmmm>-<6 hex digits>, to within a day of the API server's: it is noted under that name on what it changes",
      fix: "use the nightlane command, on a machine whose clock is right",
    },
    {
      expression: "!has(object.metadata.ownerReferences) && !has(object.metadata.finalizers)",
      rule: "an act has no owner and no finalizer",
      fix: "leave ownerReferences and finalizers out",
    },
  ],
};

/** An act stays as it was asked for, and nightwatch alone reports what became of it. */
export const UNCHANGED_ACTS: AdmissionPolicyProps = {
  name: "nightlane-acts-kept",
  rules: [
    { ...NIGHT_ACTS, resources: ["nightacts/status"], operations: ["UPDATE"] },
    { ...NIGHT_ACTS, resources: ["nightacts"], operations: ["DELETE"] },
  ],
  exempt: { nightwatch: FROM_NIGHTWATCH, deployer: FROM_DEPLOYER, kubernetes: FROM_KUBERNETES },
  validations: [
    {
      expression: "false",
      received: "request.operation + ' of an act by ' + request.userInfo.username",
      rule: "nightwatch alone says what became of an act, and removes it once it is recorded",
      fix: "ask for another act that corrects it",
    },
  ],
};
