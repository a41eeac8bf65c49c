import type { CustomerCredentials } from "../definition/credential-reference.ts";
import { type Problem, received } from "../definition/problem.ts";

/** The references to credentials: their form, not what they refer to, which only a deployment may see. */
export function checkCredentials(credentials: CustomerCredentials): readonly Problem[] {
  return Object.entries(credentials).flatMap(([name, reference]) => {
    const problems: Problem[] = [];
    if (!/^[a-zA-Z]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$/.test(name)) {
      problems.push({
        property: `credentials.${name}`,
        received: received(name),
        rule: "letters, digits and inner dashes: it becomes the file /credentials/<name>",
        mend: "rename the property",
      });
    }
    if (reference.kind === "gitlabFile" && !/^[A-Z][A-Z0-9_]*$/.test(reference.variable)) {
      problems.push({
        property: `credentials.${name}`,
        received: received(reference.variable),
        rule: "the name of a GitLab CI variable: capitals, digits and underscores",
        mend: `write gitlabFile("${reference.variable.toUpperCase().replace(/[^A-Z0-9]+/g, "_")}")`,
      });
    }
    if (reference.kind === "gitlabFile" && reference.variable === "KUBECONFIG") {
      problems.push({
        property: `credentials.${name}`,
        received: received(reference.variable),
        rule: "not KUBECONFIG: pulumi and kubectl read that variable as the central cluster's own kubeconfig",
        mend: 'write gitlabFile("CUSTOMER_KUBECONFIG")',
      });
    }
    if (reference.kind === "pulumiSecret" && !/^[A-Za-z][\w-]*$/.test(reference.key)) {
      problems.push({
        property: `credentials.${name}`,
        received: received(reference.key),
        rule: "a key of the Pulumi configuration: letters, digits, dashes and underscores",
        mend: 'write for instance pulumiSecret("kubeconfig")',
      });
    }
    return problems;
  });
}
