import { type BadInput, each, otherThan, SECRET } from "./bad-input.ts";

/** How Nightlane authenticates in the customer's cluster. */
export const credentials: readonly BadInput[] = [
  ...each("credentials", "credentials", otherThan("{}")),
  ...each("more", "credential", ['credential: { kubeconfig: gitlabFile("CUSTOMER_OTHER") },']),
  ...each("credentials", "credentials.kubeconfig", [
    "{}",
    `{ kubeconfig: "apiVersion: v1, token: ${SECRET}" }`,
    `{ kubeconfig: "${SECRET}" }`,
    `{ kubeconfig: gitlabFile("apiVersion: v1 token: ${SECRET}") }`,
    '{ kubeconfig: gitlabFile("kubeconfig") }',
    '{ kubeconfig: gitlabFile("KUBECONFIG") }',
    '{ kubeconfig: gitlabFile("FINGERPRINT_KEY") }',
    '{ kubeconfig: gitlabFile("PULUMI_CONFIG_PASSPHRASE_FILE") }',
    '{ kubeconfig: gitlabFile("AWS_WEB_IDENTITY_TOKEN_FILE") }',
    '{ kubeconfig: gitlabFile("PATH") }',
    '{ kubeconfig: pulumiSecret("kube config") }',
    "{ kubeconfig: undefined }",
  ]),
  ...each("credentials", "credentials.kubeconfig.variable", [
    "{ kubeconfig: gitlabFile(7) }",
    "{ kubeconfig: gitlabFile() }",
  ]),
  ...each("credentials", "credentials.kubeconfig.key", ["{ kubeconfig: pulumiSecret(7) }"]),
  ...each("credentials", "credentials.vendorKey", [
    '{ kubeconfig: gitlabFile("CUSTOMER_KUBECONFIG"), vendorKey: gitlabFile("CUSTOMER_VENDOR_KEY") }',
    '{ kubeconfig: gitlabFile("CUSTOMER_KUBECONFIG"), vendorKey: pulumiSecret("vendor-key") }',
    '{ kubeconfig: gitlabFile("CUSTOMER_KUBECONFIG"), vendorKey: federated() }',
  ]),
  ...each("credentials", "credentials.token", [
    '{ kubeconfig: gitlabFile("CUSTOMER_KUBECONFIG"), token: undefined }',
    `{ kubeconfig: gitlabFile("CUSTOMER_KUBECONFIG"), token: "${SECRET}" }`,
  ]),
  ...each("credentials", "credentials.kubeconifg", ['{ kubeconifg: gitlabFile("CUSTOMER_KUBECONFIG") }']),
  ...each("credentials", "credentials.appsKubeconfig", [
    '{ kubeconfig: gitlabFile("CUSTOMER_KUBECONFIG"), appsKubeconfig: gitlabFile("APPS_KUBECONFIG") }',
  ]),
];
