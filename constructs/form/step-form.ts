import { isObject } from "../../runs/json.ts";
import type { SparkApp } from "../definition/applications.ts";
import { received } from "../definition/problem.ts";
import { REPORTED } from "../definition/reported.ts";
import type { CustomerPath } from "../night/customer-path.ts";
import {
  type CopyInOptions,
  type CopyOutOptions,
  type ExecOptions,
  type Figure,
  type GateOptions,
  isResultValue,
  type JobOptions,
  type ResultValue,
  type SparkOptions,
  Step,
  type StepCondition,
  type StepOptions,
  type StepWork,
} from "../night/step.ts";
import type { StepGroup } from "../night/step-group.ts";
import type {
  DynamicAllocation,
  JobSettings,
  JobSizes,
  SparkSettings,
  SparkSizes,
  StepDefaults,
} from "../night/step-settings.ts";
import { deployedAppForm, helmAppForm } from "./app-forms.ts";
import {
  choice,
  either,
  type Fields,
  type Findings,
  type Form,
  flag,
  inspect,
  list,
  named,
  number,
  type OptionalForm,
  optional,
  record,
  text,
  value,
} from "./form.ts";
import { podTemplateForm } from "./kubernetes-pod.ts";
import { butForResult, podFields, textList } from "./pod-form.ts";
import { cpu, duration, size } from "./unit-forms.ts";

/** Edges are checked with the steps: a step gets them from `after` and from `runsAfter`. */
const edges: OptionalForm = { optional: true, inspect: () => undefined };

const conditions: Readonly<Record<StepCondition, true>> = {
  "month-end": true,
  "quarter-end": true,
  "half-day": true,
  "full-day": true,
};

const everyStep: Fields<StepOptions> = {
  after: edges,
  when: optional(choice(conditions)),
  timeout: optional(duration("Duration.hours(4)")),
  inShadow: optional(flag),
  input: optional(flag),
};

const group = optional(
  record<StepGroup>(
    { kind: choice({ group: true }), name: text("portfolios"), atOnce: number(8) },
    "a group of steps: what night.group(...) returns",
    'group: portfolios, of const portfolios = night.group("portfolios", { atOnce: 8 })',
    ["kind"],
  ),
);

const figure = either(
  isObject,
  record<Figure>(
    { place: text("var.json#total.var", "a file and the way to a number in it"), maxJump: optional(text("20%")) },
    "a figure: its place, and how far it may move",
    '{ place: "var.json#total.var", maxJump: "20%" }',
  ),
  text("var.json#total.var", "a file and the way to a number in it"),
);
const figures = named(butForResult(figure), "figures by their names", '{ "VaR 99": "var.json#total.var" }');

const resultValue = record<ResultValue>(
  {
    kind: choice({ result: true }),
    type: choice({ number: true, word: true }),
    step: value(
      "a step of this night: what night.spark(...) and similar calls return",
      'night.number(varEs, "var.json#total.var")',
      (given) => given instanceof Step,
    ),
    place: text("var.json#total.var", "a file and the way to a value in it"),
  },
  "a string, or a value from an earlier result",
  'night.number(varEs, "var.json#total.var")',
);
const words = (example: string): Form =>
  list(either(isResultValue, resultValue, text("--date", "each argument by itself")), "a list of texts", example);

/** What this night's calls return; the checks judge which night they belong to. */
const oneStep = value(
  "a step of this night: what night.spark(...) and similar calls return",
  "from: revaluation, of const revaluation = night.spark(...)",
  (given) => given instanceof Step,
);
const orStep = (form: Form): Form => either((given) => given instanceof Step, oneStep, form);
const sources = either(Array.isArray, list(oneStep, "a list of steps", "from: [market, revaluation]"), oneStep);

/** The checks judge which folder. */
const results = value(
  "true, false, or a folder: a string with a slash at its end",
  '"out/"',
  (given) => typeof given === "boolean" || typeof given === "string",
);

const sparkAppForm = record<SparkApp>(
  {
    image: text("registry.example/risk@sha256:<64 hex digits>", "an image's name by digest"),
    main: optional(text("/opt/risk/jobs/var_es.py", "an absolute path")),
    mainClass: optional(text("example.SparkPi", "a class")),
    jar: optional(text("/opt/jobs/pi.jar", "an absolute path")),
    jars: optional(textList("/opt/jobs/lib.jar")),
    pyFiles: optional(textList("/opt/risk/lib.zip")),
  },
  "a Spark application: an image and the main program in it",
  'riskApp("var_es.py")',
);

const texts = (what: string, example: string): Form =>
  named(butForResult(text("200", "a property's value")), what, example);

/** The forms of `SparkSizes`. */
const sparkSizes: Fields<SparkSizes> = {
  executors: optional(number(2)),
  memory: optional(size("Size.gibibytes(2)")),
  memoryOverhead: optional(size("Size.mebibytes(512)")),
  cpu: optional(cpu("Cpu.units(1)")),
  driverMemory: optional(size("Size.gibibytes(2)")),
  driverMemoryOverhead: optional(size("Size.mebibytes(512)")),
  driverCpu: optional(cpu("Cpu.units(1)")),
};

/** The forms of `SparkSettings`. */
const sparkFields: Fields<SparkSettings> = {
  ...podFields,
  ...sparkSizes,
  onRetry: optional(record<SparkSizes>(sparkSizes, "sizes", "{ memory: Size.gibibytes(8) }")),
  dynamicAllocation: optional(
    record<DynamicAllocation>({ min: number(2), max: number(8) }, "two numbers of executors", "{ min: 2, max: 8 }"),
  ),
  localDisk: optional(size("Size.gibibytes(100)")),
  conf: optional(texts("Spark properties", '{ "spark.sql.shuffle.partitions": "200" }')),
  hadoopConf: optional(texts("Hadoop properties", '{ "fs.s3a.endpoint": "https://s3.bank.example" }')),
  jvmOptions: optional(textList("-XX:+UseG1GC")),
  eventLog: optional(text("s3a://logs/spark", "a URI")),
  ui: optional(flag),
  executorPodTemplate: podTemplateForm,
  startWithin: optional(duration("Duration.minutes(15)")),
};

/** The forms of `JobSizes`. */
const jobSizes: Fields<JobSizes> = {
  cpu: optional(cpu("Cpu.millis(500)")),
  memory: optional(size("Size.gibibytes(1)")),
};

/** The forms of `JobSettings`. */
const jobFields: Fields<JobSettings> = {
  ...podFields,
  ...jobSizes,
  onRetry: optional(record<JobSizes>(jobSizes, "sizes", "{ memory: Size.gibibytes(4) }")),
  startWithin: optional(duration("Duration.minutes(15)")),
};

/** What may be set for all steps of a night. */
export const defaultsForm: Form = record<StepDefaults>(
  {
    spark: optional(record<SparkSettings>(sparkFields, "settings of all Spark steps", "{ executors: 4 }")),
    job: optional(record<JobSettings>(jobFields, "settings of all jobs", "{ cpu: Cpu.units(1) }")),
  },
  "settings of all steps",
  "{ spark: { executors: 4 } }",
);

/** An application whose pods are entered: one deployed by others, or a chart of the customer's apps. */
const enteredApp = either((app) => isObject(app) && "chart" in app, helmAppForm, deployedAppForm);

type PodPath = Extract<CustomerPath, { readonly kind: "pod" }>;
type ResultsPath = Extract<CustomerPath, { readonly kind: "results" }>;

const onResultsExample = 'onResults("report")';
const customerPath = either(
  (place) => isObject(place) && place.kind === "pod",
  record<PodPath>(
    { kind: text("pod"), app: enteredApp, path: text("/data") },
    "a place on the customer's side",
    onResultsExample,
    ["kind"],
  ),
  record<ResultsPath>(
    { kind: choice({ results: true }), path: text("report") },
    "a place on the customer's side: onResults(...) or inPod(...)",
    onResultsExample,
    ["kind"],
  ),
);

/** The options of each kind of step. */
const works: { readonly [Kind in StepWork["kind"]]: Form } = {
  spark: record<SparkOptions>(
    {
      ...everyStep,
      group,
      from: optional(sources),
      endWithin: optional(duration("Duration.hours(6)")),
      app: sparkAppForm,
      args: optional(words('["--scenarios", "2000"]')),
      ...sparkFields,
      results: optional(results),
      figures: optional(figures),
      result: optional(text("var.json")),
    },
    "the options of a Spark step",
    '{ app: riskApp("var_es.py") }',
  ),
  job: record<JobOptions>(
    {
      ...everyStep,
      group,
      from: optional(sources),
      endWithin: optional(duration("Duration.hours(6)")),
      ...jobFields,
      image: text("registry.example/filing@sha256:<64 hex digits>", "an image's name by digest"),
      command: optional(textList("/opt/file.sh")),
      args: optional(words('["--date", night.businessDate]')),
      parallelism: optional(number(4)),
      results: optional(results),
      figures: optional(figures),
      result: optional(text("report.csv")),
    },
    "the options of a job",
    '{ image: "registry.example/filing@sha256:..." }',
  ),
  exec: record<ExecOptions>(
    {
      ...everyStep,
      group,
      from: optional(sources),
      app: enteredApp,
      command: words('["/opt/risk/jobs/snapshot.py", "--date", night.businessDate]'),
    },
    "the options of a command",
    '{ app: pricing, command: ["/bin/true"] }',
  ),
  copyIn: record<CopyInOptions>(
    {
      ...everyStep,
      group,
      from: orStep(text("limits", "a step, or a path")),
      to: customerPath,
    },
    "the options of a copy",
    '{ from: "limits", to: onResults("limits") }',
  ),
  copyOut: record<CopyOutOptions>(
    { ...everyStep, group, from: orStep(customerPath), to: optional(text("archive")) },
    "the options of a copy",
    '{ from: onResults("report") }',
  ),
  gate: record<GateOptions>(
    {
      ...everyStep,
      message: optional(text("Confirm the figures.")),
      approvers: optional(text("risk-control", "a group of people")),
      approvals: optional(number(2)),
    },
    "the options of a gate",
    '{ message: "Confirm the figures." }',
  ),
};

/** How a step is named in a message. */
export function stepProperty(name: string): string {
  return `workflow.steps[${received(name)}]`;
}

/** The steps of a night. */
export const stepsForm: Form = {
  inspect(value, at, findings) {
    if (!Array.isArray(value)) {
      const rule = "a function that declares the steps, and is not async: it has declared them all when it returns";
      const shown = received(value).replace("a Promise", "an async function");
      findings.wrong.push({ property: at, received: shown, rule, fix: "write steps: (night) => { ... }" });
      return;
    }
    for (const [index, step] of value.entries()) {
      inspectStep(step, `${at}[${index}]`, findings);
    }
  },
};

function stepName(kind: StepWork["kind"]): Form {
  const fix = `write it first: night.${kind}("var-es", { ... })`;
  return {
    inspect(name, at, findings) {
      const shown = isObject(name) ? "options without a name" : received(name);
      findings.wrong.push({ property: at, received: shown, rule: "a string: a step's name", fix });
    },
  };
}

function inspectStep(step: unknown, at: string, findings: Findings): void {
  if (!(step instanceof Step)) {
    const fix = 'write for instance night.spark("var-es", { ... })';
    findings.wrong.push({ property: at, received: received(step), rule: "a step that night made", fix });
    return;
  }
  const named = typeof step.name === "string";
  if (!named) {
    inspect(stepName(step.work.kind), step.name, at, findings);
  }
  if (isObject(step.name)) {
    // Its options are where its name should be: their absence is not a separate mistake.
    return;
  }
  const property = named ? stepProperty(step.name) : at;
  works[step.work.kind].inspect(step.work.options, property, findings);
  if (step.edges.includes(REPORTED)) {
    findings.reported.push(`${property}.after`);
  }
  const wrong = step.edges.filter((edge) => !(edge instanceof Step) && edge !== REPORTED);
  findings.wrong.push(
    ...wrong.map((edge) => ({
      property: `${property}.after`,
      received: received(edge),
      rule: "a step, or a list of steps, of this night: what night.spark(...) and similar calls return",
      fix: "write const market = night.exec(...), and after: market",
    })),
  );
}
