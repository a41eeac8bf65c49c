import { ApiObject } from "cdk8s";
import { Construct } from "constructs";
import { VERBS, type Verb } from "../../runs/act.ts";
import { ACT_FIELDS } from "../../runs/act-fields.ts";
import { BACKFILL_AT_ONCE } from "../../runs/lane-limits.ts";
import type { NightActSpec, NightActStatus } from "../../runs/night-act.ts";
import { LONGEST_PIPELINE, PIPELINE_NAME } from "../../runs/night-series.ts";
import { SYSTEM_NAMESPACE } from "../definition/central-cluster.ts";
import { platformMetadata } from "../kubernetes/labels.ts";
import { AdmissionPolicy } from "./admission/admission-policy.ts";
import { FROM_DEPLOYER, FROM_KUBERNETES, FROM_NIGHTWATCH } from "./admission/identities.ts";
import { day, definition, flag, list, object, type SchemaOf, text, time } from "./custom-resource.ts";

/** A Kubernetes name: what an act is about is looked up, never part of an evaluated expression. */
const name = { type: "string", maxLength: 253, pattern: "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$" } as const;

const number = { type: "integer", minimum: 0, maximum: 9999 } as const;

/** One line, without control characters for a terminal. */
const PRINTABLE = "^[^\\x00-\\x1f\\x7f-\\x{9f}\\x{2028}-\\x{202e}\\x{2066}-\\x{2069}]+$";

/** CEL: an act has the fields that its verb needs, and none that its verb does not use. */
const FIELD_RULES: readonly object[] = (() => {
  const of = (isSuch: (verb: Verb) => boolean): string =>
    `[${VERBS.filter(isSuch)
      .map((verb) => `'${verb}'`)
      .join(", ")}]`;
  const fields = [
    ...new Set(Object.values(ACT_FIELDS).flatMap(({ required, optional }) => [...required, ...optional])),
  ];
  return fields.flatMap((field) => {
    const needing = of((verb) => ACT_FIELDS[verb].required.includes(field));
    const heeding = of((verb) => [...ACT_FIELDS[verb].required, ...ACT_FIELDS[verb].optional].includes(field));
    const said = (what: string, fix: string): string =>
      `'spec.${field}: ${what} an act with the verb ' + self.verb + "; ${fix}"`;
    const foreign = {
      rule: `!has(self.${field}) || self.verb in ${heeding}`,
      messageExpression: said("received in", `only ${heeding} heed it: leave it out, or use the nightlane command`),
    };
    const missing = {
      rule: `!(self.verb in ${needing}) || has(self.${field})`,
      messageExpression: said("missing in", `every one of ${needing} names it: use the nightlane command`),
    };
    return needing === "[]" ? [foreign] : [missing, foreign];
  });
})();

const SPEC = {
  ...object(
    {
      verb: { type: "string", enum: [...VERBS] },
      by: { type: "string", minLength: 1, maxLength: 256 },
      // Shown in terminals, alerts and records.
      reason: {
        type: "string",
        minLength: 1,
        maxLength: 500,
        pattern: PRINTABLE,
      },
      group: {
        type: "string",
        minLength: 1,
        maxLength: 253,
        pattern: PRINTABLE,
      },
      night: name,
      pipeline: { type: "string", maxLength: LONGEST_PIPELINE, pattern: `^${PIPELINE_NAME}$` },
      step: { ...name, maxLength: 63 },
      attempt: number,
      date: day,
      to: day,
      run: number,
      from: { ...name, maxLength: 63 },
      current: flag,
      early: flag,
      concurrency: { ...number, minimum: 1, maximum: BACKFILL_AT_ONCE },
      until: time,
      log: object({ runNumber: number, step: { ...name, maxLength: 63 }, attempt: number }, [
        "runNumber",
        "step",
        "attempt",
      ]),
    },
    ["verb", "by", "reason"],
  ),
  "x-kubernetes-validations": [
    { rule: "self == oldSelf", message: "an act never changes; a correction is another act" },
    ...FIELD_RULES,
  ],
} as const satisfies SchemaOf<NightActSpec>;

/** A name that contains a time. */
const ACT_NAME =
  "^act-[0-9]{4}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])([01][0-9]|2[0-3])[0-5][0-9][0-5][0-9][0-9]{3}-[0-9a-f]{6}$";

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

const STATUS = object(
  {
    phase: { type: "string", enum: ["Accepted", "Done", "Refused", "Expired"] },
    message: text,
    remedy: text,
    refusal: text,
    at: time,
    nights: list(text),
    failed: { type: "integer", minimum: 0 },
  },
  ["phase", "message", "at"],
) satisfies SchemaOf<NightActStatus>;

/**
 * The kind NightAct: what a person asks for in a lane. The right to create one is the right to ask, and no more;
 * nightwatch carries it out and writes its status. The named person is compared with the requester whom the API server
 * has authenticated.
 */
export class NightActs extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new ApiObject(this, "definition", {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: platformMetadata("nightacts.nightlane.example"),
      spec: definition({
        kind: "NightAct",
        plural: "nightacts",
        schema: object({ spec: SPEC, status: STATUS }, ["spec"]),
        status: true,
        columns: [
          ["Verb", "string", ".spec.verb"],
          ["Night", "string", ".spec.night"],
          ["Step", "string", ".spec.step"],
          ["By", "string", ".spec.by"],
          ["Phase", "string", ".status.phase"],
          ["Message", "string", ".status.message"],
          ["Age", "date", ".metadata.creationTimestamp"],
        ],
      }),
    });
    new AdmissionPolicy(this, "honest", {
      name: "nightlane-night-acts",
      rules: [{ apiGroup: "nightlane.example", apiVersion: "v1", resources: ["nightacts"], operations: ["CREATE"] }],
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
          expression: `object.spec.verb != 'release' || !request.userInfo.username.matches('^system:serviceaccount:(customer-|${SYSTEM_NAMESPACE}:)')`,
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
          rule: "an act belongs to nothing, and nothing holds it",
          fix: "leave ownerReferences and finalizers out",
        },
      ],
    });
    new AdmissionPolicy(this, "kept", {
      name: "nightlane-acts-kept",
      rules: [
        { apiGroup: "nightlane.example", apiVersion: "v1", resources: ["nightacts/status"], operations: ["UPDATE"] },
        { apiGroup: "nightlane.example", apiVersion: "v1", resources: ["nightacts"], operations: ["DELETE"] },
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
    });
  }
}
