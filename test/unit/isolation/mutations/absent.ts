import type { Manifest } from "../../../../constructs/kubernetes/manifest.ts";
import { objectName } from "../../../../isolation/model/object-name.ts";
import { type Draft, set, soundEstate } from "../draft.ts";
import { type Mutation, mutation } from "./mutation.ts";

const PROJECT = "AppProject argocd/customer-alpenkredit";

/** Kinds of the platform with nothing in them that another rule looks for. */
const KINDS = new Set(["Deployment", "Service", "ServiceAccount", "PodDisruptionBudget", "Namespace"]);

/** A field that is not there leaves what it settled to others: rule 42 misses each. And a label may name another customer. */
export const absentMutations: readonly Mutation[] = [
  ...soundEstate.platform
    .filter(({ kind }) => KINDS.has(kind))
    .flatMap((manifest) =>
      [...leaves({ metadata: { labels: manifest.metadata.labels }, spec: manifest.spec }, [])].map((path) =>
        mutation(42, `without ${path.join("/")}, ${objectName(manifest)}`, objectName(manifest), (draft) =>
          remove(again(draft, manifest), path),
        ),
      ),
    ),
  ...soundEstate.customers
    .filter(({ name }) => name === "nordbank")
    .flatMap(({ lane }) => lane)
    .flatMap((manifest) =>
      [{ "nightlane/customer": "alpenkredit" }, { "nightlane/customer": undefined }].map((labels) =>
        mutation(
          42,
          `${objectName(manifest)} of ${labels["nightlane/customer"] ?? "nobody"}`,
          objectName(manifest),
          (draft) => {
            const { metadata } = draft.object("nordbank", manifest.kind, manifest.metadata.name);
            Object.assign(metadata, { labels: { ...metadata.labels, ...labels } });
          },
        ),
      ),
    ),
  ...["ServiceAccount", "Deployment", "PersistentVolumeClaim", "ResourceQuota", "LimitRange", "RoleBinding"].map(
    (kind) =>
      mutation(42, `the customer's ${kind} in another namespace`, customers(kind, "kube-system"), (draft) =>
        set(draft.customerSide("nordbank", kind), "metadata/namespace", "kube-system"),
      ),
  ),
  ...["LimitRange", "ResourceQuota", "Secret"].map((kind) =>
    mutation(42, `a project whose list of what is refused lacks ${kind}`, PROJECT, (draft) => {
      const { spec } = draft.apps("alpenkredit", "AppProject") as unknown as { spec: Refusing };
      spec.namespaceResourceBlacklist = spec.namespaceResourceBlacklist.filter((each) => each.kind !== kind);
    }),
  ),
  mutation(29, "a registered cluster under another's name", "Secret argocd/cluster-alpenkredit", (draft) =>
    set(draft.apps("alpenkredit", "Secret"), "stringData/name", "nordbank"),
  ),
  mutation(42, "Services in a lane", "ResourceQuota customer-nordbank/lane", (draft) => {
    const { hard } = draft.object("nordbank", "ResourceQuota").spec as { hard: Record<string, string> };
    hard["count/services"] = "5";
  }),
  ...[["0 4 * * 0"], [], ["5,35 * * * *", "1 1 1 1 *"]].map((schedules) =>
    mutation(46, `a reaper at ${schedules.join(", ") || "no time"}`, "CronWorkflow customer-nordbank/reaper", (draft) =>
      set(draft.object("nordbank", "CronWorkflow", "reaper"), "spec/schedules", schedules),
    ),
  ),
  ...(
    [
      ["nightwatch", "serviceAccountName", "argo"],
      ["nightwatch", "securityContext/runAsUser", 8737],
      ["nightwatch", "containers/0/command", ["workflow-controller"]],
      ["workflow-controller", "serviceAccountName", "nightwatch"],
      ["workflow-controller", "volumes", [{ name: "webhook", secret: { secretName: "nightwatch-webhook" } }]],
    ] as const
  ).map(([name, path, value]) =>
    mutation(
      42,
      `${name} with another's ${path}`,
      `Deployment ${name === "nightwatch" ? "nightlane-system" : "argo"}/${name}`,
      (draft) => set(draft.object("platform", "Deployment", name), `spec/template/spec/${path}`, value),
    ),
  ),
];

interface Refusing {
  namespaceResourceBlacklist: { readonly kind: string }[];
}

/** How findings name the first object of a kind in the customer's cluster. */
function customers(kind: string, namespace: string): string {
  const found = soundEstate.customers.flatMap((lane) =>
    lane.name === "nordbank" ? lane.customerSide.filter((manifest) => manifest.kind === kind) : [],
  );
  return `${kind} ${namespace}/${found[0]?.metadata.name} in the cluster of nordbank`;
}

type Path = readonly (string | number)[];

function* leaves(value: unknown, path: Path): Generator<Path> {
  if (typeof value !== "object" || value === null) {
    if (value !== undefined) {
      yield path;
    }
    return;
  }
  for (const [key, item] of Object.entries(value)) {
    yield* leaves(item, [...path, Array.isArray(value) ? Number(key) : key]);
  }
}

/** Takes a value out of its mapping, or the element out of its list. */
function remove(root: unknown, path: Path): void {
  const last = path.at(-1) ?? "";
  const parent = path.slice(0, -1).reduce((value, key) => (value as Record<string | number, unknown>)[key], root);
  if (Array.isArray(parent)) {
    parent.splice(Number(last), 1);
  } else {
    Reflect.deleteProperty(parent as object, last);
  }
}

function again(draft: Draft, { kind, metadata: { name, namespace } }: Manifest): Manifest {
  const found = draft.platform.find(
    (each) => each.kind === kind && each.metadata.name === name && each.metadata.namespace === namespace,
  );
  if (found === undefined) {
    throw new Error(`the draft has no ${kind} ${name}`);
  }
  return found;
}
