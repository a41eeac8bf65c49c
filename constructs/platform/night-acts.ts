import { ApiObject } from "cdk8s";
import { Construct } from "constructs";
import { VERBS, type Verb } from "../../runs/act.ts";
import { ACT_FIELDS } from "../../runs/act-fields.ts";
import { BACKFILL_AT_ONCE } from "../../runs/lane-limits.ts";
import type { NightActSpec, NightActStatus } from "../../runs/night-act.ts";
import { LONGEST_PIPELINE, PIPELINE_NAME } from "../../runs/night-series.ts";
import { platformMetadata } from "../kubernetes/labels.ts";
import { AdmissionPolicy } from "./admission/admission-policy.ts";
import { listOf } from "./admission/cel.ts";
import { day, definition, flag, list, object, type SchemaOf, text, time } from "./custom-resource.ts";
import { HONEST_ACTS, UNCHANGED_ACTS } from "./night-act-policies.ts";

/** A Kubernetes name: what an act is about is looked up, never part of an evaluated expression. */
const name = { type: "string", maxLength: 253, pattern: "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$" } as const;

const number = { type: "integer", minimum: 0, maximum: 9999 } as const;

/** One line, without control characters for a terminal. */
const PRINTABLE = "^[^\\x00-\\x1f\\x7f-\\x{9f}\\x{2028}-\\x{202e}\\x{2066}-\\x{2069}]+$";

/** CEL: an act has the fields that its verb needs, and none that its verb does not use. */
const FIELD_RULES: readonly object[] = (() => {
  const of = (isSuch: (verb: Verb) => boolean): string => listOf(VERBS.filter(isSuch));
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
      reason: { type: "string", minLength: 1, maxLength: 500, pattern: PRINTABLE },
      group: { type: "string", minLength: 1, maxLength: 253, pattern: PRINTABLE },
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
 * nightwatch carries it out and writes its status.
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
    new AdmissionPolicy(this, "honest", HONEST_ACTS);
    new AdmissionPolicy(this, "kept", UNCHANGED_ACTS);
  }
}
