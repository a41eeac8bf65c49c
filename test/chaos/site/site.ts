import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { firstAddress } from "../../../constructs/definition/api-server.ts";
import type { CustomerDefinition } from "../../../constructs/definition/customer-definition.ts";
import { loadCustomer } from "../../../constructs/definition/customer-files.ts";
import { images } from "../../../constructs/definition/images.ts";
import { Central } from "../../../ops/central.ts";
import { laneNamespace } from "../../../runs/lane-namespace.ts";
import type { FarmPulumi } from "../../farm/deploy/farm-pulumi.ts";
import { laneVolume, resultsVolume } from "../../farm/deploy/lane-volume.ts";
import type { FarmPaths } from "../../farm/paths.ts";
import { customerClusterId } from "../../farm/plan.ts";
import { Sandbox } from "../../farm/sandbox.ts";
import { FarmRecord } from "../../farm/state.ts";
import { Api } from "../../support/api.ts";
import { Credential } from "./credentials.ts";
import { DriverLog } from "./driver-log.ts";

/** The suite's customer: the file in `test/chaos/customers`. */
export const CUSTOMER = "chaosbank";

/** Service account of the bash baseline: it has the rights of Nightlane's, and a credential of its own. */
const BATCH_ACCOUNT = "batch";

/** Where the nights run, and the administrators' access to every part of it. */
export interface Site {
  readonly paths: FarmPaths;
  readonly customer: CustomerDefinition;
  /** Namespace in the customer's cluster. */
  readonly namespace: string;
  readonly laneOf: { readonly namespace: string };
  readonly central: Api;
  readonly remoteApi: Api;
  readonly nights: Central;
  /** The customer's cluster. */
  readonly sandbox: Sandbox;
  /** Results volumes as folders on this machine: the customer's and the lane's. */
  readonly remote: string;
  readonly lane: string;
  readonly drivers: DriverLog;
  /** The suite's own folder. */
  readonly work: string;
  readonly images: ReturnType<typeof images>;
  readonly pulumi: FarmPulumi;
  readonly credential: Credential;
  /** The bash baseline's identity. @default - it does not take part */
  readonly batch?: Batch;
  /** Business date of all nights, `YYYY-MM-DD`: their run numbers distinguish them. */
  readonly businessDate: string;
  /**
   * An hour that occurs twice on a business day in the customer's time zone, and the date of the night that starts in
   * it.
   */
  readonly doubleHour: { readonly businessDate: string; readonly moments: readonly [Date, Date] };
  /** Starts a night as a schedule due at a moment does. @returns its workflow */
  startScheduled(moment: Date): Promise<string>;
  /** Deletes a workflow with everything that it runs. */
  endWorkflow(api: Api, namespace: string, name: string): Promise<void>;
  close(): Promise<void>;
}

/** The bash baseline's own identity in the customer's cluster. */
export interface Batch {
  readonly credential: Credential;
  readonly kubeconfig: string;
}

/** What must exist before a customer's stack is deployed with it. */
export type Credentials = Pick<Site, "credential" | "batch" | "remoteApi">;

/** Prepares a customer's cluster for deployment: Nightlane's identity there gets a new credential. */
export async function prepareCredential(paths: FarmPaths, name: string): Promise<Credentials> {
  const { cluster } = await loadCustomer(name);
  const folder = paths.customer(name);
  const remoteApi = await Api.fromKubeconfig(folder.adminKubeconfig);
  const { namespace, server } = cluster;
  const common = { api: remoteApi, namespace, cluster: name, authority: folder.authority };
  const credential = new Credential({ ...common, account: "nightlane", server, file: folder.kubeconfig });
  await credential.issue();
  return { credential, remoteApi };
}

/** Gives the bash baseline an identity of its own in a customer's cluster. */
export async function prepareBatch(paths: FarmPaths, name: string, remoteApi: Api): Promise<Batch> {
  const { namespace, server, address } = (await loadCustomer(name)).cluster;
  const folder = paths.customer(name);
  const kubeconfig = join(folder.root, "batch.kubeconfig");
  const credential = new Credential({
    api: remoteApi,
    namespace,
    cluster: name,
    authority: folder.authority,
    account: BATCH_ACCOUNT,
    // A lane's pods resolve the declared name; this machine does not.
    server: server.replace(new URL(server).hostname, firstAddress({ address })),
    file: kubeconfig,
  });
  await ensureBatchAccount(remoteApi, namespace);
  await credential.issue();
  return { credential, kubeconfig };
}

/** Opens the site of a customer that is deployed in a farm. */
export async function openSite(
  paths: FarmPaths,
  pulumi: FarmPulumi,
  credentials: Credentials,
  name: string,
): Promise<Site> {
  const customer = await loadCustomer(name);
  const { namespace } = customer.cluster;
  const central = await Api.fromKubeconfig(paths.centralKubeconfig);
  const { remoteApi } = credentials;
  const nights = Central.fromKubeconfig(paths.centralKubeconfig);
  const lane = laneNamespace(name);
  const work = join(paths.root, "chaos");
  await mkdir(work, { recursive: true });
  const drivers = new DriverLog(remoteApi, namespace);
  const doubleHour = {
    businessDate: "2026-10-29",
    moments: [new Date("2026-10-29T20:30:00Z"), new Date("2026-10-29T21:30:00Z")],
  } as const;
  return {
    paths,
    customer,
    namespace,
    laneOf: { namespace: lane },
    central,
    nights,
    ...credentials,
    sandbox: await sandboxOf(paths, customerClusterId(name)),
    remote: await resultsVolume(paths.customer(name).adminKubeconfig, namespace),
    lane: await laneVolume(paths, name),
    drivers,
    work,
    images: images(),
    pulumi,
    businessDate: "2026-03-26",
    doubleHour,
    startScheduled: (moment) => startScheduled(central, nights, lane, moment),
    endWorkflow,
    close: async () => {
      await drivers.end();
      central.close();
      remoteApi.close();
    },
  };
}

/** The Linux namespaces of one machine of the farm. */
export async function sandboxOf(paths: FarmPaths, id: string): Promise<Sandbox> {
  const init = (await FarmRecord.read(paths.state)).state.clusters[id]?.init;
  if (init === undefined) {
    throw new Error(`${id} does not run in the farm`);
  }
  return new Sandbox(init);
}

async function startScheduled(central: Api, nights: Central, namespace: string, moment: Date): Promise<string> {
  const name = `night-${moment.getTime() / 1000}`;
  const parameters = { "business-date": "auto", "scheduled-time": moment.toISOString() };
  const body = {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Workflow",
    metadata: { name, namespace },
    spec: {
      workflowTemplateRef: { name: (await nights.schedule(namespace)).spec.workflowSpec.workflowTemplateRef.name },
      arguments: { parameters: Object.entries(parameters).map(([key, value]) => ({ name: key, value })) },
    },
  };
  const path = `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/workflows`;
  await endWorkflow(central, namespace, name);
  const { status, body: answer } = await central.call({ method: "POST", path, body });
  if (status !== 201) {
    throw new Error(`${name} was refused: ${JSON.stringify(answer)}`);
  }
  return name;
}

async function endWorkflow(api: Api, namespace: string, name: string): Promise<void> {
  if (name === "") {
    return;
  }
  const path = `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/workflows/${name}`;
  await api.call({ method: "DELETE", path, body: { propagationPolicy: "Background" } });
}

async function ensureBatchAccount(api: Api, namespace: string): Promise<void> {
  const make = async (path: string, body: unknown): Promise<void> => {
    const { status } = await api.call({ method: "POST", path, body });
    if (status !== 201 && status !== 409) {
      throw new Error(`POST ${path} answered ${status}`);
    }
  };
  const metadata = { name: BATCH_ACCOUNT };
  await make(`/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata });
  await make(`/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/rolebindings`, {
    metadata,
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "nightlane" },
    subjects: [{ kind: "ServiceAccount", name: BATCH_ACCOUNT, namespace }],
  });
}
