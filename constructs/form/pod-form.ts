import { isObject } from "../../runs/json.ts";
import { received } from "../definition/problem.ts";
import type {
  KeyReference,
  MountedVolume,
  PodSettings,
  ProgramEnd,
  Retries,
  Toleration,
} from "../night/pod-settings.ts";
import { isResultValue } from "../night/step.ts";
import {
  choice,
  either,
  type Fields,
  type Form,
  flag,
  list,
  named,
  notA,
  number,
  optional,
  record,
  text,
} from "./form.ts";
import { affinityForm } from "./kubernetes-pod.ts";
import { duration, size } from "./unit-forms.ts";

const reference = record<KeyReference>(
  { kind: choice({ secretKey: true, configMapKey: true }), name: text("kdb"), key: text("password") },
  "a string, or a key from the customer's cluster",
  'secretKey("kdb", "password")',
  ["kind"],
);

/** What to write instead of a reference of another kind, by its kind. */
type Instead = Readonly<Record<string, (name: string) => string>>;

/** A form that, for a reference that belongs elsewhere, suggests what to write instead: a key for a Secret's files. */
function butFor(instead: Instead, rule: string, form: Form): Form {
  return {
    inspect(one, at, findings) {
      const { kind, name } = isObject(one) ? one : {};
      const write = typeof kind === "string" && Object.hasOwn(instead, kind) ? instead[kind] : undefined;
      if (write === undefined || typeof name !== "string") {
        form.inspect(one, at, findings);
      } else {
        findings.wrong.push({ property: at, received: received(one), rule, fix: `write ${write(received(name))}` });
      }
    },
  };
}

/** A form that refuses a value from an earlier result, which only an argument can be. */
export function butForResult(form: Form): Form {
  return {
    inspect(one, at, findings) {
      if (isResultValue(one)) {
        const rule = "no value from a result, which the night can only pass as a whole argument";
        const fix = `write it in args: ["--value", night.${one.type}(...)], or in an exec's command`;
        findings.wrong.push({ property: at, received: `night.${one.type}(...)`, rule, fix });
      } else {
        form.inspect(one, at, findings);
      }
    },
  };
}

const variable = butFor(
  {
    secret: (name) => `secretKey(${name}, "<key>"), or mount the files in volumes`,
    configMap: (name) => `configMapKey(${name}, "<key>"), or mount the files in volumes`,
  },
  "a string, or one key of a Secret or ConfigMap: files are volumes",
  butForResult(either((one) => isObject(one), reference, text("production", "a variable's value"))),
);

const byName = (kind: "secret" | "configMap", example: string): Form =>
  record<Extract<MountedVolume, { readonly kind: "secret" }>>(
    { kind: choice({ [kind]: true } as Readonly<Record<string, true>>), name: text(example) },
    "a volume",
    'secretFiles("kdb")',
    ["kind"],
  );

const volumes: { readonly [Kind in MountedVolume["kind"]]: Form } = {
  secret: byName("secret", "kdb"),
  configMap: byName("configMap", "settings"),
  claim: record<Extract<MountedVolume, { readonly kind: "claim" }>>(
    { kind: choice({ claim: true }), name: text("market-data"), writable: flag },
    "a claim",
    'claim("market-data", { writable: true })',
    ["kind"],
  ),
  scratch: record<Extract<MountedVolume, { readonly kind: "scratch" }>>(
    { kind: choice({ scratch: true }), size: size("Size.gibibytes(20)") },
    "scratch space",
    "scratch(Size.gibibytes(20))",
    ["kind"],
  ),
};

const VOLUME = "what can be mounted: secretFiles, configMapFiles, claim or scratch";

const volume: Form = butFor(
  { secretKey: (name) => `secretFiles(${name})`, configMapKey: (name) => `configMapFiles(${name})` },
  VOLUME,
  {
    inspect(one, at, findings) {
      const kind = isObject(one) ? one.kind : undefined;
      if (kind === "secret" || kind === "configMap" || kind === "claim" || kind === "scratch") {
        volumes[kind].inspect(one, at, findings);
      } else {
        findings.wrong.push(notA(one, at, VOLUME, 'secretFiles("kdb")'));
      }
    },
  },
);

const texts = (what: string, example: string): Form => named(text("risk", what), what, example);

/** Names of things, each a text. */
export const textList = (example: string): Form => list(text(example), "a list of texts", `["${example}"]`);

const killed: Readonly<Record<Extract<ProgramEnd, string>, true>> = { OOMKilled: true };
const programEnd = either((one) => typeof one === "string", choice(killed), number(137));

/** The forms of `PodSettings`. */
export const podFields: Fields<PodSettings> = {
  env: optional(named(variable, "variables by their names", '{ REGION: "eu" }')),
  volumes: optional(named(volume, "volumes by the paths of their mounts", '{ "/etc/kdb": secretFiles("kdb") }')),
  nodeSelector: optional(texts("labels of nodes", '{ disktype: "ssd" }')),
  tolerations: optional(
    list(
      record<Toleration>(
        {
          key: optional(text("dedicated")),
          operator: optional(choice({ Equal: true, Exists: true })),
          value: optional(text("spark")),
          effect: optional(choice({ NoSchedule: true, PreferNoSchedule: true, NoExecute: true })),
        },
        "a toleration",
        '{ key: "dedicated", value: "spark" }',
      ),
      "a list of tolerations",
      '[{ key: "dedicated", value: "spark" }]',
    ),
  ),
  affinity: affinityForm,
  priorityClass: optional(text("risk-night")),
  serviceAccount: optional(text("spark")),
  imagePullSecrets: optional(textList("registry")),
  labels: optional(texts("labels", '{ "cost-centre": "risk" }')),
  annotations: optional(texts("annotations", '{ "sidecar.istio.io/inject": "false" }')),
  retries: optional(
    record<Retries>(
      {
        times: number(2),
        exitCodes: optional(list(programEnd, "a list of exit codes", '[137, "OOMKilled"]')),
        pause: optional(duration("Duration.minutes(5)")),
      },
      "how many further attempts, after which ends of the program",
      "{ times: 2, exitCodes: [137] }",
    ),
  ),
  user: optional(number(185)),
};
