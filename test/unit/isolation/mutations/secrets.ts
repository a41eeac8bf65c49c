import type { CustomerDefinition } from "../../../../constructs/definition/customer-definition.ts";
import type { Manifest } from "../../../../constructs/kubernetes/manifest.ts";
import { estateOf } from "../../../../isolation/model/collect.ts";
import type { Endpoint } from "../../../../isolation/model/estate.ts";
import { tryPipeline } from "../../../../pipeline/pipeline-trial.ts";
import { alpenkredit, append, type Draft, nordbank, set, TEMPLATE } from "../draft.ts";
import { type Mutation, mutation } from "./mutation.ts";

const CREDENTIAL = "Secret customer-nordbank/credential";

/** Names, credentials and the clusters they lead to: rules 9 to 14. */
export const secretMutations: readonly Mutation[] = [
  named("begins with another's whole name", "nordbank-leasing"),
  // The second customer's label, its name, then reads as the first one's namespace.
  { ...named("has the prefix of lanes already", "customer-nordbank"), also: [38] },
  mutation(9, "a name that differs only in case", "customers/NORDBANK.ts", (draft) => rename(draft, "NORDBANK")),
  mutation(9, "a name that is cut", `customers/${"b".repeat(56)}.ts`, (draft) => rename(draft, "b".repeat(56))),
  mutation(9, "a lane in another namespace than its name's", "customers/nordbank.ts", (draft) =>
    set(draft.object("nordbank", "Namespace"), "metadata/name", "customer-nord"),
  ),

  mutation(10, "no credential Secret", CREDENTIAL, (draft) => draft.remove("nordbank", "Secret", "credential")),
  mutation(10, "two credential Secrets", CREDENTIAL, (draft) =>
    draft.add("nordbank", structuredClone(draft.object("nordbank", "Secret", "credential"))),
  ),
  mutation(10, "a Secret beside the credential", "Secret customer-nordbank/spare", (draft) =>
    draft.add("nordbank", secret("spare")),
  ),
  mutation(10, "a pod that mounts the executor's token", TEMPLATE, (draft) =>
    append(draft.object("nordbank", "WorkflowTemplate"), "spec/volumes", {
      name: "token",
      secret: { secretName: "executor.service-account-token" },
    }),
  ),
  mutation(10, "a pull Secret of an account", "ServiceAccount customer-nordbank/executor", (draft) =>
    set(draft.object("nordbank", "ServiceAccount", "executor"), "imagePullSecrets", [{ name: "registry" }]),
  ),
  mutation(10, "a reference from a storage driver of the platform", "PersistentVolume archive", (draft) =>
    draft.add("platform", {
      apiVersion: "v1",
      kind: "PersistentVolume",
      metadata: { name: "archive" },
      spec: { csi: { nodePublishSecretRef: { name: "credential", namespace: "customer-nordbank" } } },
    }),
  ),
  mutation(10, "a controller that copies the credential", CREDENTIAL, (draft) =>
    set(draft.object("nordbank", "Secret", "credential"), "metadata/annotations", {
      "reflector.v1.k8s.emberstack.com/reflection-allowed": "true",
    }),
  ),
  mutation(10, "a role that reads Secrets", "Role customer-nordbank/executor", (draft) =>
    append(draft.object("nordbank", "Role", "executor"), "rules", {
      apiGroups: [""],
      resources: ["secrets"],
      resourceNames: ["credential"],
      verbs: ["get"],
    }),
  ),
  mutation(10, "a controller that reads Secrets", "ClusterRole argo-controller", (draft) =>
    append(draft.object("platform", "ClusterRole", "argo-controller"), "rules", {
      apiGroups: [""],
      resources: ["secrets"],
      verbs: ["list"],
    }),
  ),

  {
    rule: 11,
    title: "one API server for two customers",
    object: "customers/alpenkredit.ts",
    estate: () => estateOf([nordbank, withCluster(alpenkredit, { server: nordbank.cluster.server })], tryPipeline),
  },

  {
    rule: 11,
    title: "one cluster under two names and addresses, known by its authority",
    object: "customers/alpenkredit.ts",
    estate: () => estateOf([nordbank, withCluster(alpenkredit, { ca: nordbank.cluster.ca })], tryPipeline),
  },
  {
    rule: 11,
    title: "one cluster whose authority is being renewed",
    object: "customers/alpenkredit.ts",
    estate: () =>
      estateOf(
        [nordbank, withCluster(alpenkredit, { ca: `${alpenkredit.cluster.ca}\n${nordbank.cluster.ca}` })],
        tryPipeline,
      ),
  },

  mutation(12, "a check that lets everything pass", "constructs/checks/check-kubeconfig.ts", (draft) => {
    draft.trials = { ...draft.trials, checkKubeconfig: () => [] };
  }),
  mutation(12, "a check that refuses everything", "constructs/checks/check-kubeconfig.ts", (draft) => {
    const problem = { property: "credentials.kubeconfig", received: "", rule: "", fix: "" };
    draft.trials = { ...draft.trials, checkKubeconfig: () => [problem] };
  }),
  mutation(12, "a check that overlooks a proxy", "constructs/checks/check-kubeconfig.ts", (draft) => {
    const { checkKubeconfig } = draft.trials;
    draft.trials = {
      ...draft.trials,
      checkKubeconfig: (text, definition) => (text.includes("proxy-url") ? [] : checkKubeconfig(text, definition)),
    };
  }),
  defined("a server without TLS", { server: "http://k8s.nordbank.example:6443" }),
  defined("a server with a password in its URL", { server: "https://admin:pw@k8s.nordbank.example:6443" }),
  defined("a certificate authority and something else", { ca: `${nordbank.cluster.ca}-----BEGIN PRIVATE KEY-----` }),

  located("a loopback address", { addresses: ["127.0.0.1"] }, [21]),
  located("the metadata service", { addresses: ["169.254.169.254"] }, [21]),
  located("a central pod", { addresses: ["10.60.3.4"] }, [21]),
  located("a central pod behind a translator of addresses", { addresses: ["64:ff9b::a3c:304"] }, [21]),
  located("a central service", { addresses: ["10.61.0.1"] }, [21]),
  located("a central node", { addresses: ["10.64.0.77"] }, [21]),
  // Every lane may reach the central API server, and so this customer's.
  located("the central API server", { addresses: ["10.64.0.10"] }, [19, "matrix"]),
  located("a name of the central cluster", { hostname: "kubernetes.default.svc" }),
  located("a name of the node", { hostname: "localhost" }),
  located("an address in the URL that is another than declared", { hostname: "192.0.2.7" }),
  mutation(13, "runners told another address", "ConfigMap customer-nordbank/api-server", (draft) =>
    set(draft.object("nordbank", "ConfigMap", "api-server"), "data/addresses", "192.0.2.7\n"),
  ),
  mutation(13, "runners told one address more", "ConfigMap customer-nordbank/api-server", (draft) =>
    set(draft.object("nordbank", "ConfigMap", "api-server"), "data/addresses", "10.64.1.10\n192.0.2.7\n"),
  ),
  mutation(13, "runners told another server", "ConfigMap customer-nordbank/api-server", (draft) =>
    set(draft.object("nordbank", "ConfigMap", "api-server"), "data/server", "https://k8s.alpenkredit.example:6443"),
  ),
  mutation(13, "runners told nothing", "customers/nordbank.ts", (draft) =>
    draft.remove("nordbank", "ConfigMap", "api-server"),
  ),
  mutation(13, "a host alias", TEMPLATE, (draft) =>
    set(draft.object("nordbank", "WorkflowTemplate"), "spec/hostAliases", [
      { ip: "10.64.1.10", hostnames: ["k8s.nordbank.example"] },
    ]),
  ),

  leaked("plain", (value) => `token=${value}`),
  leaked("base64", (value) => Buffer.from(`x${value}y`).toString("base64")),
  leaked("base64 of base64", (value) =>
    Buffer.from(`a${Buffer.from(`xy${value}`).toString("base64")}`).toString("base64"),
  ),
  mutation(14, "a Secret with data in the manifest", CREDENTIAL, (draft) =>
    set(draft.object("nordbank", "Secret", "credential"), "stringData", { kubeconfig: "something" }),
  ),
];

function named(title: string, name: string): Mutation {
  return {
    rule: 9,
    title: `a name that ${title}`,
    object: `customers/${name}.ts`,
    estate: () => estateOf([nordbank, { ...alpenkredit, name }], tryPipeline),
  };
}

/** Gives the second customer, and all that is called after it, another name. */
function rename(draft: Draft, name: string): void {
  const { lane, apps, deployer } = draft.lane("alpenkredit");
  const renamed = (manifests: readonly Manifest[]): Manifest[] =>
    JSON.parse(JSON.stringify(manifests).replaceAll(/(customer-|cluster-|deployer-|")alpenkredit/g, `$1${name}`));
  draft.change("alpenkredit", {
    name,
    namespace: `customer-${name}`,
    lane: renamed(lane),
    apps: renamed(apps),
    deployer: renamed(deployer),
  });
}

function withCluster(
  definition: CustomerDefinition,
  cluster: Partial<CustomerDefinition["cluster"]>,
): CustomerDefinition {
  return { ...definition, cluster: { ...definition.cluster, ...cluster } };
}

function defined(title: string, cluster: Partial<CustomerDefinition["cluster"]>): Mutation {
  return mutation(12, title, "customers/nordbank.ts", (draft) =>
    draft.change("nordbank", { definition: withCluster(nordbank, cluster) }),
  );
}

/** Moves a customer's API server, with the runners' settings and the policy: the policy is then equally wrong. */
function located(title: string, place: Partial<Endpoint>, also: Mutation["also"] = []): Mutation {
  return mutation(
    13,
    `${title} for an API server`,
    "customers/nordbank.ts",
    (draft) => {
      const { endpoint } = draft.lane("nordbank");
      const moved = { ...(endpoint as Endpoint), ...place };
      draft.change("nordbank", { endpoint: moved });
      const [address] = moved.addresses;
      set(draft.object("nordbank", "ConfigMap", "api-server"), "data", {
        server: moved.server,
        addresses: `${address}\n`,
      });
      set(
        draft.object("nordbank", "NetworkPolicy", "customer-api"),
        "spec/egress/0/to/0/ipBlock/cidr",
        `${address}/${address?.includes(":") ? 128 : 32}`,
      );
    },
    also,
  );
}

function leaked(how: string, write: (value: string) => string): Mutation {
  return mutation(14, `a credential in a manifest, ${how}`, TEMPLATE, (draft) => {
    const { canary } = draft.trials;
    if (canary === undefined) {
      throw new Error("the estate has no canary");
    }
    const [value] = canary.planted.filter(({ customer }) => customer === "nordbank").map((planted) => planted.value);
    const rendered = canary.rendered.map(({ owner, manifests }) => ({
      owner,
      manifests: structuredClone([...manifests]),
    }));
    const manifests = rendered.find(({ owner }) => owner === "nordbank")?.manifests ?? [];
    const target = manifests.find(({ kind }) => kind === "WorkflowTemplate");
    if (target === undefined || value === undefined) {
      throw new Error("nothing to leak");
    }
    append(target, "spec/arguments/parameters", { name: "note", value: write(value) });
    draft.trials = { ...draft.trials, canary: { ...canary, rendered } };
  });
}

function secret(name: string): Manifest {
  return { apiVersion: "v1", kind: "Secret", type: "Opaque", metadata: { name, namespace: "customer-nordbank" } };
}
