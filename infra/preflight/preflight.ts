import { endText, kubeconfigEnds } from "../../constructs/checks/credential-ends.ts";
import { addressesOf } from "../../constructs/definition/api-server.ts";
import type { CustomerDefinition } from "../../constructs/definition/customer-definition.ts";
import { isFederated } from "../../constructs/lane/federation.ts";
import { customerApi } from "./customer-api.ts";
import { bad, type Finding, good } from "./finding.ts";
import { lookAtConnection, lookAtVersion } from "./look-connection.ts";
import { lookAtNamespace } from "./look-namespace.ts";
import { lookAtRights } from "./look-rights.ts";
import { lookAtDryRuns, lookAtStarts, type StartOptions } from "./look-start.ts";

/**
 * Checks a customer's cluster with Nightlane's identity there, as a night would meet it: problems are reported by day,
 * with who has to do what, and not by the first night.
 * @param kubeconfig One that has passed the checks of a deployment.
 * @param start How starts are watched. @default - nothing is started; the API server is asked whether it would accept
 * the Jobs
 */
export async function preflight(
  definition: CustomerDefinition,
  kubeconfig: string,
  start: StartOptions | undefined,
): Promise<readonly Finding[]> {
  // A night tries the next address where one does not answer: each must lead there.
  const connections = await Promise.all(
    addressesOf(definition.cluster).map(async (address) => {
      const api = customerApi(definition, kubeconfig, address);
      return { api, ...(await lookAtConnection(api, definition, address)) };
    }),
  );
  const findings = [...credential(definition, kubeconfig), ...connections.map(({ finding }) => finding)];
  const { api, version } = connections.find((one) => one.version !== undefined) ?? {};
  if (api === undefined || version === undefined) {
    return findings;
  }
  const rights = await lookAtRights(api);
  return [
    ...findings,
    lookAtVersion(version),
    ...rights,
    ...(await lookAtNamespace(api, definition)),
    ...(start === undefined ? await lookAtDryRuns(api, definition) : await lookAtStarts(api, definition, start)),
  ];
}

/** When the credential's parts expire: a deployment refuses one that is about to, and this reports it before. */
function credential(definition: CustomerDefinition, kubeconfig: string): readonly Finding[] {
  if (isFederated(definition)) {
    return [good("credential", "federated: each runner has a token of its own pod, and nothing is stored")];
  }
  return kubeconfigEnds(kubeconfig).map((end) => {
    const { text, warning } = endText(end, Date.now());
    return warning
      ? bad(
          "credential",
          text,
          "the customer's administrator",
          "valid for more than two weeks",
          "issue a new one, as described in docs/deploy.md",
        )
      : good("credential", text);
  });
}
