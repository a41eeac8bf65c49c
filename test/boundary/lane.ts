import type { Manifest } from "../../constructs/kubernetes/manifest.ts";
import { laneNamespace } from "../../runs/lane-namespace.ts";
import type { Api } from "../support/api.ts";

/** A lane as it is deployed. */
export interface DeployedLane {
  readonly customer: string;
  readonly namespace: string;
  readonly template: Manifest;
  readonly cron: Manifest;
  /** The customer's API server, `address:port`, as the lane's network policy allows it. */
  readonly apiServer: string;
}

interface PolicyObject {
  readonly spec: {
    readonly egress: readonly [
      {
        readonly to: readonly [{ readonly ipBlock: { readonly cidr: string } }];
        readonly ports: readonly [{ readonly port: number }];
      },
    ];
  };
}

/** Names of the customers whose lanes are deployed. */
export async function deployedCustomers(api: Api): Promise<readonly string[]> {
  const { items } = await api.get<{ items: readonly { metadata: { name: string } }[] }>("/api/v1/namespaces");
  const prefix = laneNamespace("");
  return items
    .map(({ metadata }) => metadata.name)
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length))
    .sort();
}

/** Reads a lane's parts from the cluster: the proof is about what runs, not about what a file says. */
export async function readLane(api: Api, customer: string): Promise<DeployedLane> {
  const namespace = laneNamespace(customer);
  const argo = `/apis/argoproj.io/v1alpha1/namespaces/${namespace}`;
  const cron = await api.get<Manifest>(`${argo}/cronworkflows/night`);
  const { workflowSpec } = cron.spec as { workflowSpec: { workflowTemplateRef: { name: string } } };
  const template = await api.get<Manifest>(`${argo}/workflowtemplates/${workflowSpec.workflowTemplateRef.name}`);
  const policy = await api.get<PolicyObject>(
    `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies/customer-api`,
  );
  const [{ to, ports }] = policy.spec.egress;
  const apiServer = `${to[0].ipBlock.cidr.replace(/\/32$/, "")}:${ports[0].port}`;
  return { customer, namespace, template: plain(template), cron: plain(cron), apiServer };
}

/** The images that may run in lanes, the newest of each. */
export async function releasedImages(api: Api): Promise<{ readonly runner: string; readonly executor: string }> {
  const { data } = await api.get<{ data: Readonly<Record<string, string>> }>(
    "/api/v1/namespaces/nightlane-system/configmaps/admission-images",
  );
  const newest = (name: string): string => data[name]?.split("\n")[0] ?? "";
  return { runner: newest("runner"), executor: newest("executor") };
}

/** An object without what the API server adds to it, so that it can be sent again. */
function plain(object: Manifest): Manifest {
  const { apiVersion, kind, metadata, spec } = object;
  return {
    apiVersion,
    kind,
    metadata: { name: metadata.name, ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }) },
    spec,
  };
}
