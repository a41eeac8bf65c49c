import { credentialEnds, endText } from "../../constructs/checks/credential-ends.ts";
import type { CustomerDefinition } from "../../constructs/definition/customer-definition.ts";
import { customerApi } from "./customer-api.ts";
import { bad, type Finding, good } from "./finding.ts";
import { lookAtConnection } from "./look-connection.ts";
import { lookAtNamespace } from "./look-namespace.ts";
import { lookAtRights } from "./look-rights.ts";
import { lookAtStarts, type StartOptions } from "./look-start.ts";

/**
 * Looks at a customer's cluster with our identity there, as a night would meet it: what is wrong is told by day, with who
 * has to do what, and not by the first night.
 * @param kubeconfig One that has passed the checks of a deployment.
 * @param start How starts are watched. @default - nothing is started
 */
export async function preflight(
  definition: CustomerDefinition,
  kubeconfig: string,
  start: StartOptions | undefined,
): Promise<readonly Finding[]> {
  const api = customerApi(definition, kubeconfig);
  const findings = [...credential(kubeconfig), ...(await lookAtConnection(api, definition))];
  if (findings.some(({ look, todo }) => look === "API server" && todo !== undefined)) {
    return findings;
  }
  const rights = await lookAtRights(api);
  return [
    ...findings,
    ...rights,
    ...(await lookAtNamespace(api, definition)),
    ...(start === undefined ? [] : await lookAtStarts(api, definition, start)),
  ];
}

/** When the credential's parts end: a deployment refuses one that is about to, and this says it before. */
function credential(kubeconfig: string): readonly Finding[] {
  return credentialEnds(kubeconfig).map((end) => {
    const { text, warning } = endText(end, Date.now());
    return warning
      ? bad(
          "credential",
          text,
          "the customer's administrator",
          "valid for more than two weeks",
          "issue a new one, as docs/deploy.md says",
        )
      : good("credential", text);
  });
}
