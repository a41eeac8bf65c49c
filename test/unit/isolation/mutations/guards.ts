import type { Manifest } from "../../../../constructs/kubernetes/manifest.ts";
import { append, type Draft, get, set, soundEstate } from "../draft.ts";
import { type Mutation, mutation } from "./mutation.ts";

const POLICY = "ValidatingAdmissionPolicy";
const BINDING = "ValidatingAdmissionPolicyBinding";
const DEFINITION = "CustomResourceDefinition";

/** Names of all policies. */
const POLICIES = soundEstate.platform.filter(({ kind }) => kind === POLICY).map(({ metadata }) => metadata.name);

/** Policies that look at lanes, and not at the platform's namespaces. */
const OF_LANES = soundEstate.platform
  .filter((manifest) => manifest.kind === BINDING && get(manifest, "spec/matchResources") !== undefined)
  .map(({ metadata }) => metadata.name);

const NAMES = "spec/matchResources/namespaceSelector/matchExpressions/0/values";

/** What makes a guard of each policy into none: rule 41. */
export const guardMutations: readonly Mutation[] = [
  ...POLICIES.flatMap((name) => [
    policy(name, "fails open", (it) => set(it, "spec/failurePolicy", "Ignore")),
    policy(name, "is always content", (it) => {
      set(it, "spec/validations/0/expression", `true || (${String(get(it, "spec/validations/0/expression"))})`);
    }),
    policy(name, "lost its last rule", (it) => {
      set(it, "spec/validations", (get(it, "spec/validations") as readonly object[]).slice(0, -1));
    }),
    policy(name, "does not look at operators on call", (it) =>
      append(it, "spec/matchConditions", {
        name: "oncall",
        expression: "!('nightlane:oncall' in request.userInfo.groups)",
      }),
    ),
    policy(name, "does not look at some objects", (it) =>
      set(it, "spec/matchConstraints/objectSelector", { matchLabels: { checked: "yes" } }),
    ),
    policy(name, "looks at none of its resources", (it) =>
      set(it, "spec/matchConstraints/resourceRules/0/resources", ["leases"]),
    ),
    mutation(41, `${name} is gone`, `${POLICY} ${name}`, (draft) => draft.remove("platform", POLICY, name)),
    mutation(41, `the binding of ${name} is gone`, `${BINDING} ${name}`, (draft) =>
      draft.remove("platform", BINDING, name),
    ),
    binding(name, "only audits", (it) => set(it, "spec/validationActions", ["Audit"])),
    binding(name, "only warns", (it) => set(it, "spec/validationActions", ["Warn", "Audit"])),
    binding(name, "binds another policy", (it) => set(it, "spec/policyName", "nightlane-other")),
  ]),
  ...OF_LANES.flatMap((name) => [
    binding(name, "leaves a lane out", (it) => append(it, NAMES, "customer-nordbank")),
    binding(name, "goes by a label of ours", (it) =>
      set(it, "spec/matchResources/namespaceSelector", { matchLabels: { "nightlane/customer": "nordbank" } }),
    ),
    binding(name, "leaves some resources out", (it) =>
      set(it, "spec/matchResources/excludeResourceRules", [{ apiGroups: ["*"], apiVersions: ["*"], resources: ["*"] }]),
    ),
  ]),
  mutation(
    41,
    "a lane that central.json calls the monitoring's",
    `${BINDING} nightlane-pod-creation`,
    (draft) => append(draft.object("platform", BINDING, "nightlane-pod-creation"), NAMES, "customer-nordbank"),
    [],
    { ...soundEstate, central: { ...soundEstate.central, monitoring: { namespace: "customer-nordbank" } } },
  ),
  binding("nightlane-lanes-only", "holds in lanes only", (it) =>
    set(it, "spec/matchResources", { namespaceSelector: { matchLabels: { "nightlane/customer": "nordbank" } } }),
  ),
  binding("nightlane-pod-creation", "lets pods in without parameters", (it) =>
    set(it, "spec/paramRef/parameterNotFoundAction", "Allow"),
  ),
  binding("nightlane-pod-creation", "takes parameters from a lane", (it) =>
    set(it, "spec/paramRef/namespace", "customer-nordbank"),
  ),
  binding("nightlane-template-content", "has no parameters", (it) => set(it, "spec/paramRef", undefined)),
  policy("nightlane-pod-update", "looks at objects of the whole cluster only", (it) =>
    set(it, "spec/matchConstraints/resourceRules/0/scope", "Cluster"),
  ),
  policy("nightlane-pod-creation", "allows paths of the node", (it) => {
    const rules = get(it, "spec/validations") as { expression: string }[];
    for (const rule of rules) {
      rule.expression = rule.expression.replace("has(v.emptyDir)", "has(v.emptyDir) || has(v.hostPath)");
    }
  }),
  policy("nightlane-workflow-update", "takes any old version", (it) =>
    set(it, "spec/matchConstraints/matchPolicy", "Exact"),
  ),
  policy("nightlane-task-results", "allows a decision", (it) => {
    const rules = get(it, "spec/validations") as { expression: string }[];
    for (const rule of rules) {
      rule.expression = rule.expression.replace("p.name == 'open'", "p.name in ['open', 'decision']");
    }
  }),
  ...["nightacts.nightlane.example", "runrecords.nightlane.example"].flatMap((name) => [
    kind(name, "a webhook converts it", (it) => set(it, "spec/conversion", { strategy: "Webhook" })),
    kind(name, "is for the whole cluster", (it) => set(it, "spec/scope", "Cluster")),
    kind(name, "has a short name that hides another kind", (it) => set(it, "spec/names/shortNames", ["po"])),
    kind(name, "takes anything", (it) =>
      set(it, "spec/versions/0/schema/openAPIV3Schema", {
        type: "object",
        "x-kubernetes-preserve-unknown-fields": true,
      }),
    ),
    kind(name, "has a second version", (it) =>
      append(it, "spec/versions", { name: "v2", served: true, storage: false, schema: {} }),
    ),
    mutation(41, `${name} is gone`, `${DEFINITION} ${name}`, (draft) => draft.remove("platform", DEFINITION, name)),
  ]),
  act("an act may change and be half said", (spec) => {
    spec["x-kubernetes-validations"] = undefined;
  }),
  act("a reason may steer the terminal that shows it, and be a book", (spec) => {
    const { reason } = spec.properties;
    Object.assign(reason ?? {}, { pattern: undefined, maxLength: undefined });
  }),
  kind("nightacts.nightlane.example", "whoever asks says what came of it", (it) =>
    set(it, "spec/versions/0/subresources", undefined),
  ),
  mutation(41, "a further policy", `${POLICY} nightlane-extra`, (draft) => {
    const extra = structuredClone(draft.object("platform", POLICY, "nightlane-lanes-only"));
    draft.add("platform", { ...extra, metadata: { ...extra.metadata, name: "nightlane-extra" } });
  }),
];

function policy(name: string, title: string, change: (manifest: Manifest) => void): Mutation {
  return guard(POLICY, name, title, change);
}

function kind(name: string, title: string, change: (manifest: Manifest) => void): Mutation {
  return guard(DEFINITION, name, title, change);
}

/** The schema of what an act says. */
interface ActSchema {
  "x-kubernetes-validations": unknown;
  readonly properties: Readonly<Record<string, object>>;
}

function act(title: string, change: (spec: ActSchema) => void): Mutation {
  return kind("nightacts.nightlane.example", title, (it) =>
    change(get(it, "spec/versions/0/schema/openAPIV3Schema/properties/spec") as ActSchema),
  );
}

function binding(name: string, title: string, change: (manifest: Manifest) => void): Mutation {
  return guard(BINDING, name, `its binding ${title}`, change);
}

function guard(kind: string, name: string, title: string, change: (manifest: Manifest) => void): Mutation {
  return mutation(41, `${name}: ${title}`, `${kind} ${name}`, (draft: Draft) =>
    change(draft.object("platform", kind, name)),
  );
}
