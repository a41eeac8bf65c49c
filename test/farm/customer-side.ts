import { existsSync } from "node:fs";
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { stringify } from "yaml";
import { UserError } from "../../constructs/definition/problem.ts";
import { Api } from "../support/api.ts";
import type { RunningCluster } from "./cluster.ts";
import type { BuiltImage } from "./images/ensure.ts";
import { renderKubeconfig } from "./kubeconfig.ts";
import { Kubectl } from "./kubectl.ts";
import { type CustomerPaths, type FarmPaths, repositoryRoot } from "./paths.ts";
import type { CustomerPlan } from "./plan.ts";
import type { Step } from "./progress.ts";
import { until } from "./wait.ts";

/** What a customer's administrator works with. */
export interface CustomerSideProps {
  readonly paths: FarmPaths;
  readonly customer: CustomerPlan;
  readonly cluster: RunningCluster;
  /** Program. */
  readonly kubectl: string;
  /** Image of the vendor's risk application. */
  readonly riskImage: BuiltImage;
  readonly step: Step;
}

/** A year: no night of a farm sees its credential expire. */
const TOKEN_SECONDS = 365 * 24 * 3600;

/**
 * The part of the customer's administrator: applies what was synthesized for the customer's side, runs the pricing
 * application, and issues the credentials of Nightlane's identities.
 */
export async function setUpCustomerSide(props: CustomerSideProps): Promise<void> {
  const { customer, cluster, step } = props;
  const paths = props.paths.customer(customer.name);
  const kubectl = new Kubectl(props.kubectl, cluster.adminKubeconfig);
  await mkdir(paths.root, { recursive: true, mode: 0o700 });
  await copyFile(cluster.adminKubeconfig, paths.adminKubeconfig);
  await copyFile(cluster.authority, paths.authority);
  step.detail("customer side");
  await applyCustomerSide(kubectl, join(props.paths.dist, customer.name, "customer-side"));
  await applyPricingEngine(kubectl, paths.pricingEngine, customer.namespace, props.riskImage);
  const client = await Api.fromKubeconfig(cluster.adminKubeconfig);
  try {
    await writeCredentials(client, customer, paths);
    step.detail("applications");
    await untilAvailable(client, customer.namespace, ["results", "pricing-engine"]);
  } finally {
    client.close();
  }
}

/** Applies the folder that `cdk8s synth` wrote for the customer's administrator. */
async function applyCustomerSide(kubectl: Kubectl, folder: string): Promise<void> {
  if (!existsSync(folder)) {
    throw new UserError(`${folder} was not synthesized.\nLook at what cdk8s synth says.`);
  }
  await kubectl.applyFolder(folder);
}

async function applyPricingEngine(
  kubectl: Kubectl,
  folder: string,
  namespace: string,
  image: BuiltImage,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const kustomization = {
    apiVersion: "kustomize.config.k8s.io/v1beta1",
    kind: "Kustomization",
    namespace,
    resources: [relative(folder, join(repositoryRoot, "examples", "pricing-engine"))],
    images: [{ name: image.repository, digest: image.digest }],
  };
  await writeFile(join(folder, "kustomization.yaml"), stringify(kustomization));
  await kubectl.applyKustomization(folder);
}

async function writeCredentials(client: Api, customer: CustomerPlan, paths: CustomerPaths): Promise<void> {
  for (const { file, account } of customer.credentials) {
    const path = join(paths.root, file);
    if (existsSync(path)) {
      continue;
    }
    await writeFile(path, await accountKubeconfig(client, customer, paths, account), { mode: 0o600 });
  }
}

async function accountKubeconfig(
  client: Api,
  customer: CustomerPlan,
  paths: CustomerPaths,
  account: string,
): Promise<string> {
  return renderKubeconfig({
    cluster: customer.name,
    server: customer.server,
    authorityPem: await readFile(paths.authority, "utf8"),
    user: account,
    identity: { token: await requestToken(client, customer.namespace, account) },
    namespace: customer.namespace,
  });
}

async function requestToken(client: Api, namespace: string, account: string): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`;
  const request = {
    apiVersion: "authentication.k8s.io/v1",
    kind: "TokenRequest",
    spec: { expirationSeconds: TOKEN_SECONDS },
  };
  const { status, body } = await client.call({ method: "POST", path, body: request });
  const token = (body as { readonly status?: { readonly token?: string } }).status?.token;
  if (token === undefined) {
    throw new UserError(`No token for ${namespace}/${account}: ${status} ${JSON.stringify(body)}`);
  }
  return token;
}

async function untilAvailable(client: Api, namespace: string, deployments: readonly string[]): Promise<void> {
  for (const name of deployments) {
    const path = `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`;
    await until({ what: `deployment ${namespace}/${name} is available`, limitSeconds: 180 }, async () => {
      const deployment = await client.find<{ readonly status?: { readonly availableReplicas?: number } }>(path);
      return (deployment?.status?.availableReplicas ?? 0) > 0;
    });
  }
}
