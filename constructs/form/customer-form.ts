import { isObject } from "../../runs/json.ts";
import {
  APPS_KUBECONFIG,
  type CustomerCredentials,
  type Federated,
  type GitlabFile,
  type PulumiSecret,
} from "../definition/credential-reference.ts";
import type { ClusterCapacity, CustomerDefinition, ProxyProps } from "../definition/customer-definition.ts";
import { receivedSecret } from "../definition/problem.ts";
import { REPORTED, REPORTED_PARTS } from "../definition/reported.ts";
import type { RiskWorkflow } from "../definition/risk-workflow.ts";
import type { NightSchedule } from "../definition/schedule.ts";
import { madeHelmApp } from "./app-forms.ts";
import {
  below,
  choice,
  either,
  Findings,
  type Form,
  flag,
  list,
  named,
  number,
  optional,
  record,
  text,
} from "./form.ts";
import { nearName } from "./near-name.ts";
import { nightDays, weekdays } from "./night-days-form.ts";
import { defaultsForm, stepsForm } from "./step-form.ts";
import { cpu, duration, size } from "./unit-forms.ts";

const cluster = record<CustomerDefinition["cluster"]>(
  {
    server: text("https://k8s.nordbank.example:6443", "the URL of the API server"),
    address: optional(
      either(
        Array.isArray,
        list(text("10.64.1.10", "an address of the API server"), "addresses", '["10.64.1.10", "10.64.1.11"]'),
        text("10.64.1.10", "the address of the API server, or a list of them"),
      ),
    ),
    proxy: optional(
      record<ProxyProps>(
        { address: text("10.64.3.9", "the address of the proxy"), port: number(3128) },
        "the customer's own forward proxy: its address and port",
        '{ address: "10.64.3.9", port: 3128 }',
      ),
    ),
    ca: text("-----BEGIN CERTIFICATE-----...", "the API server's certificate authority, PEM"),
    capacity: record<ClusterCapacity>(
      { cpu: cpu("Cpu.units(32)"), memory: size("Size.gibibytes(128)") },
      "the cluster's capacity for a night",
      "{ cpu: Cpu.units(32), memory: Size.gibibytes(128) }",
    ),
    namespace: text("risk"),
    resultsSize: size("Size.gibibytes(100)"),
    resultsStorageClass: optional(text("shared-files")),
  },
  "the customer's cluster",
  "{ server, address, ca, capacity }",
);

const lane = record<CustomerDefinition["lane"]>(
  {
    runners: number(6),
    resultsSize: size("Size.gibibytes(20)"),
    resultsStorageClass: optional(text("shared-files")),
    keepResults: duration("Duration.days(90)"),
    keepLogs: duration("Duration.days(30)"),
  },
  "the lane in the central cluster",
  "{ resultsSize: Size.gibibytes(20) }",
);

const gitlabFile = record<GitlabFile>(
  { kind: choice({ gitlabFile: true }), variable: text("CUSTOMER_KUBECONFIG", "the name of a GitLab CI variable") },
  "a reference to a credential",
  'gitlabFile("CUSTOMER_KUBECONFIG")',
  ["kind"],
);
const pulumiSecret = record<PulumiSecret>(
  { kind: choice({ pulumiSecret: true }), key: text("kubeconfig", "a key of the Pulumi configuration") },
  "a reference to a credential",
  'pulumiSecret("kubeconfig")',
  ["kind"],
);

const federated = record<Federated>(
  { kind: choice({ federated: true }) },
  "a reference to a credential",
  "federated()",
  ["kind"],
);
const references = new Map<unknown, Form>(Object.entries({ pulumiSecret, federated, gitlabFile }));

/** References by their names; a credential itself in place of one is never shown. */
const credentials: Form = {
  inspect(value, at, findings) {
    const given: Readonly<Record<string, unknown>> = isObject(value) ? value : {};
    const wrong = (property: string, received: unknown): void => {
      const rule = "a reference to where the deployment finds the credential, never the credential itself";
      const fix = 'write federated(), gitlabFile("CUSTOMER_KUBECONFIG") or pulumiSecret("kubeconfig")';
      findings.wrong.push({ property, received: receivedSecret(received), rule, fix });
    };
    if (!isObject(value)) {
      wrong(at, value);
      return;
    }
    if (typeof given.kind === "string" && references.has(given.kind)) {
      const rule = "credentials by their names: kubeconfig is the one that nights connect with";
      const fix = "write { kubeconfig: and the reference }";
      findings.wrong.push({ property: at, received: "one reference without a name", rule, fix });
      return;
    }
    if (!Object.hasOwn(given, "kubeconfig") && !Object.hasOwn(given, REPORTED_PARTS)) {
      wrong(below(at, "kubeconfig"), undefined);
    }
    for (const [name, reference] of Object.entries(given)) {
      if (!Object.hasOwn(NAMES, name) && reference !== REPORTED) {
        const near = nearName(name, Object.keys(NAMES));
        findings.unknown.push({
          property: below(at, name),
          received: near === undefined ? "a further credential" : name,
          rule: "kubeconfig, with which nights connect, and appsKubeconfig, Argo CD's: no step could read another",
          fix:
            near !== undefined && given[near] === undefined
              ? `write ${near} instead of ${name}`
              : 'remove it; what a program needs stays in the customer\'s cluster: secretKey("kdb", "password") for a variable, secretFiles("kdb") for files',
        });
      } else if (reference === REPORTED) {
        findings.reported.push(below(at, name));
      } else if (!isObject(reference)) {
        wrong(below(at, name), reference);
      } else {
        (references.get(reference.kind) ?? gitlabFile).inspect(reference, below(at, name), findings);
      }
    }
  },
};

/** The credentials that there are. */
const NAMES: { readonly [Name in keyof CustomerCredentials]-?: true } = { kubeconfig: true, [APPS_KUBECONFIG]: true };

const day = text("2026-12-24", "a day YYYY-MM-DD");
const daysWithReasons = named(
  text("Christmas Eve", "a reason"),
  "days with their reasons",
  '{ "2026-12-24": "Christmas Eve" }',
);
const days = either(Array.isArray, list(day, "days", '["2026-12-24"]'), daysWithReasons);

const schedule = record<NightSchedule>(
  {
    start: text("22:30", "a local time HH:MM"),
    timezone: text("Europe/Berlin", "an IANA time zone"),
    calendar: text("TARGET", "the name of a calendar"),
    weekend: optional(list(choice(weekdays), "a list of weekdays", '["friday", "saturday"]')),
    extraHolidays: days,
    workedDays: days,
    halfDays: days,
    noNight: daysWithReasons,
    on: optional(nightDays),
  },
  "when the night starts, made by nightly",
  'nightly("22:30", { timezone: "Europe/Berlin" })',
);

const workflow = record<RiskWorkflow>(
  {
    schedule,
    finishBy: text("06:00", "a local time HH:MM"),
    startBy: optional(text("22:45", "a local time HH:MM")),
    inputsBy: optional(text("23:30", "a local time HH:MM")),
    shadow: flag,
    stepsAtOnce: optional(number(8)),
    defaults: optional(defaultsForm),
    steps: { inspect: () => undefined },
    declared: { inspect: (steps, _, findings) => stepsForm.inspect(steps, "workflow.steps", findings) },
  },
  "a night made by sparkRiskWorkflow",
  "sparkRiskWorkflow({ ... })",
  ["declared"],
);

/** What sparkRiskWorkflow made: in any other object nothing is where it should be. */
const madeWorkflow: Form = {
  inspect(value, at, findings) {
    if (isObject(value) && !("declared" in value) && !Object.hasOwn(value, REPORTED_PARTS)) {
      const received = "an object that sparkRiskWorkflow did not make";
      const fix = "write sparkRiskWorkflow({ ... }) around what is in it";
      findings.wrong.push({ property: at, received, rule: "a night made by sparkRiskWorkflow", fix });
    } else {
      workflow.inspect(value, at, findings);
    }
  },
};

const furtherNights = named(
  { inspect: () => undefined },
  "further nights by their names",
  '{ "month-end": sparkRiskWorkflow({ ... }) }',
);

const customer = record<CustomerDefinition>(
  {
    name: text("nordbank", "the customer's name"),
    displayName: text("Nordbank AG", "the name for people"),
    cluster,
    credentials,
    lane,
    apps: named(madeHelmApp, "applications by the names of their releases", '{ "pricing-engine": helmApp({ ... }) }'),
    workflow: madeWorkflow,
    // Each is checked against the form of a workflow separately: see checkFurtherNights.
    furtherNights: {
      inspect(value, at, findings) {
        const isOne = isObject(value) && "declared" in value;
        furtherNights.inspect(isOne ? [value] : value, at, findings);
      },
    },
  },
  "a customer",
  "defineCustomer({ ... })",
);

/** A mistake in these is in every step that inherits it, and is reported once. */
export const DEFAULTS = /^workflow\.defaults\.\w+/;

/** Checks a definition against the types of a customer file: each value, and each property's name. */
export function inspectForm(definition: CustomerDefinition): Findings {
  const findings = new Findings();
  customer.inspect(definition, "", findings);
  return findings;
}
