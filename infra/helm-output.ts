import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ARGOCD_NAMESPACE, clusterSecretName } from "../constructs/apps/argo-cd.ts";
import { federatedKubeconfig } from "../constructs/checks/check-kubeconfig.ts";
import { ARGOCD_SERVICE_ACCOUNT } from "../constructs/customer-side/argo-cd-identity.ts";
import { collectMistakes } from "../constructs/definition/collect-mistakes.ts";
import { APPS_KUBECONFIG } from "../constructs/definition/credential-reference.ts";
import type { CustomerDefinition } from "../constructs/definition/customer-definition.ts";
import {
  CUSTOMERS_FOLDER,
  customerFile,
  customerNames,
  loadCustomer,
} from "../constructs/definition/customer-files.ts";
import type { Manifest } from "../constructs/kubernetes/manifest.ts";
import { CREDENTIAL_SECRET } from "../constructs/lane/credential-secret.ts";
import { isFederated } from "../constructs/lane/federation.ts";
import { writeAuthentication } from "./authentication-output.ts";
import { helmChart } from "./helm-chart.ts";
import { replaceFolder } from "./output-folder.ts";
import { provedCustomer } from "./proved.ts";

/**
 * Writes charts per customer: <outdir>/<customer>/ for the lane in the central cluster, and in it customer-side/ for
 * the customer's administrator, and apps/ for Argo CD where it deploys applications. The output appears only when all
 * of it is valid.
 * @throws UserError with the problems of all customer files at once; or if something else is in the output's place
 */
export async function writeHelmOutput(outdir: string, customersFolder = CUSTOMERS_FOLDER): Promise<void> {
  await replaceFolder(outdir, async (unfinished) => {
    await collectMistakes(customerNames(customersFolder), async (name) =>
      writeCharts(join(unfinished, name), await loadCustomer(name, customersFolder)),
    );
  });
}

function writeCharts(folder: string, definition: CustomerDefinition): void {
  const { name } = definition;
  const { lane, customerSide, apps } = provedCustomer(definition, customerFile(name));
  const charts: readonly (readonly [path: string, description: string, notes: string, readonly Manifest[]])[] = [
    ["", `Lane of ${name} in the central cluster`, laneNotes(definition), lane],
    [
      "customer-side",
      `What ${name} runs for Nightlane in its own cluster`,
      customerSideNotes(definition),
      customerSide,
    ],
    ["apps", `What Argo CD gets about the applications of ${name}`, appsNotes(definition), apps],
  ];
  writeAuthentication(folder, definition);
  for (const [path, description, notes, manifests] of charts.filter(([, , , objects]) => objects.length > 0)) {
    for (const [file, content] of helmChart({ name, description, notes, manifests })) {
      const target = join(folder, path, file);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, content);
    }
  }
}

const STORED_NOTES = `Unlike \`pulumi up\`, helm checks neither the kubeconfig nor that no other customer has the same one.
`;

function federatedNotes(definition: CustomerDefinition): string {
  return `No secret is in the kubeconfig; its FILE is:

${federatedKubeconfig(definition).replaceAll(/^(?=.)/gm, "  ")}`;
}

/** As everywhere, the Secret has no data: a credential in a release would be readable by `helm get`. */
function laneNotes(definition: CustomerDefinition): string {
  const { name, credentials } = definition;
  const { [APPS_KUBECONFIG]: _, ...own } = credentials;
  const files = Object.keys(own).map((key) => `--from-file=${key}=FILE`);
  return `The lane of ${name} is installed. Its credential is not in the chart; add it:

  kubectl -n customer-${name} create secret generic ${CREDENTIAL_SECRET} ${files.join(" ")} \\
    --dry-run=client -o json | kubectl apply --server-side --field-manager=credential -f -

${isFederated(definition) ? federatedNotes(definition) : STORED_NOTES}`;
}

function appsNotes({ name, cluster }: CustomerDefinition): string {
  const tls = `"tlsClientConfig":{"serverName":"${new URL(cluster.server).hostname}","caData":"BASE64 OF THE CA"}`;
  return `The project and the applications of ${name} are installed. Argo CD's credential is not in the chart; write it into a file CONFIG as
{"bearerToken":"TOKEN OF THE SERVICE ACCOUNT ${ARGOCD_SERVICE_ACCOUNT}",${tls}}
and add it:

  kubectl -n ${ARGOCD_NAMESPACE} create secret generic ${clusterSecretName(name)} --from-file=config=CONFIG \\
    --dry-run=client -o json | kubectl apply --server-side --field-manager=credential -f -
`;
}

function customerSideNotes(definition: CustomerDefinition): string {
  const { name, cluster } = definition;
  if (isFederated(definition)) {
    return `Namespace ${cluster.namespace} is ready. Start the API server with --authentication-config=api-server/authentication.yaml from
${name}'s chart, or add its entry below jwt to the API server's existing file.
`;
  }
  return `Namespace ${cluster.namespace} is ready. Hand over a kubeconfig of the service account nightlane in it: one context, an inline
certificate authority, a bearer token.
`;
}
