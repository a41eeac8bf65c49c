import { ApiObject } from "cdk8s";
import { Construct } from "constructs";
import { DATE_LABEL, type RunFacts } from "../../runs/run-record.ts";
import { platformMetadata } from "../kubernetes/labels.ts";
import {
  day,
  definition,
  flag,
  integer,
  list,
  mapOf,
  object,
  type SchemaOf,
  text,
  textMap,
  time,
} from "./custom-resource.ts";

/** The results that a step brought back. */
const figure = object({ value: text, before: text, on: day }, ["value"]);
const results = object({ sha256: text, files: textMap, figures: mapOf(figure) }, ["sha256"]);

const attempt = object(
  {
    number: integer,
    phase: text,
    startedAt: time,
    finishedAt: time,
    runners: integer,
    exitCode: integer,
    message: text,
    remoteJob: text,
    results,
    logEnd: list(text),
  },
  ["number", "phase", "runners"],
);

const act = object(
  { id: text, by: text, verb: text, step: text, run: integer, approves: integer, reason: text, at: text },
  ["id", "by", "verb", "reason", "at"],
);

const comparison = object(
  {
    with: integer,
    same: flag,
    steps: list(object({ step: text, result: text, files: list(text) }, ["step", "result"])),
  },
  ["with", "same", "steps"],
);

const forecast = object(
  {
    at: time,
    expectedEnd: time,
    earliestEnd: time,
    latestEnd: time,
    willMiss: flag,
    criticalPath: list(text),
  },
  ["at", "willMiss", "criticalPath"],
);

const facts = object(
  {
    customer: text,
    night: text,
    uid: text,
    pipeline: text,
    businessDate: day,
    expectedDate: day,
    variant: text,
    runNumber: integer,
    purpose: { type: "string", enum: ["schedule", "run", "replay", "restate", "backfill", "unknown"] },
    repeats: integer,
    from: text,
    template: text,
    images: list(text),
    parameters: textMap,
    scheduledAt: text,
    startedAt: time,
    finishedAt: time,
    phase: text,
    message: text,
    open: flag,
    halfDay: flag,
    dayReason: text,
    finishBy: time,
    inputsBy: object({ at: time, steps: list(text) }, ["at", "steps"]),
    late: flag,
    credentialEnds: textMap,
    steps: list(
      object({ name: text, kind: text, after: list(text), state: text, attempts: list(attempt) }, [
        "name",
        "kind",
        "state",
        "attempts",
      ]),
    ),
    acts: list(act),
    unreadableActs: list(text),
    problems: list(text),
    forecast,
    comparison,
    notified: list(text),
  },
  ["customer", "night", "uid", "pipeline", "runNumber", "purpose", "phase", "late", "steps", "acts", "notified"],
) satisfies SchemaOf<RunFacts>;

const COLUMNS: readonly (readonly [string, string, string])[] = [
  ["Customer", "string", ".spec.customer"],
  ["Date", "string", `.metadata.labels.${DATE_LABEL}`],
  ["Run", "integer", ".spec.runNumber"],
  ["Purpose", "string", ".spec.purpose"],
  ["Phase", "string", ".spec.phase"],
  ["Late", "boolean", ".spec.late"],
  ["Age", "date", ".metadata.creationTimestamp"],
  ["Created", "string", ".metadata.creationTimestamp"],
];

/** The kind RunRecord: what remains of a run. A separate kind, so that RBAC can name it and its form is checked. */
export class NightwatchRecords extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new ApiObject(this, "definition", {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: platformMetadata("runrecords.nightlane.example"),
      spec: definition({
        kind: "RunRecord",
        plural: "runrecords",
        schema: object({ spec: facts }, ["spec"]),
        columns: COLUMNS,
      }),
    });
  }
}
