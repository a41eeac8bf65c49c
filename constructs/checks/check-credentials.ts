import type { CentralCluster } from "../definition/central-cluster.ts";
import { APPS_KUBECONFIG, type CustomerCredentials } from "../definition/credential-reference.ts";
import { given } from "../definition/given.ts";
import { type Problem, received, receivedSecret } from "../definition/problem.ts";
import { allSound, below, type Sound } from "../form/form.ts";
import { centralCluster } from "./read-central.ts";

/** Prefix of a customer's variables, so that a file cannot name one that the pipeline itself uses. */
const PREFIX = "CUSTOMER_";

/** The one variable without that prefix. */
const APPS_VARIABLE = "APPS_KUBECONFIG";

/** The form of references to credentials. Only a deployment may see what they refer to. */
export function checkCredentials(
  credentials: CustomerCredentials,
  central: Pick<CentralCluster, "issuer"> = centralCluster(),
  sound: Sound = allSound,
): readonly Problem[] {
  const references = Object.entries(given(credentials) as CustomerCredentials).filter(
    ([name]) => (name === "kubeconfig" || name === APPS_KUBECONFIG) && sound(below("credentials", name)),
  );
  const places = references.map(([, reference]) => JSON.stringify(reference));
  return references.flatMap(([name, reference], index) => {
    const problems: Problem[] = [];
    const first = references[places.indexOf(JSON.stringify(reference))]?.[0] ?? name;
    if (places.indexOf(JSON.stringify(reference)) < index) {
      problems.push({
        property: below("credentials", name),
        received: `the same as ${below("credentials", first)}`,
        rule: "each credential has its own place: access to one must not give access to another",
        fix: "name this credential's own place, or remove it",
      });
    }
    if (reference.kind === "federated") {
      problems.push(...checkFederated(name, central));
    }
    if (reference.kind === "gitlabFile" && !isOurs(reference.variable, name)) {
      problems.push({
        property: below("credentials", name),
        received: shown(reference.variable),
        rule: `the name of a GitLab CI variable for this customer alone: ${PREFIX} and capitals, digits or underscores; the pipeline's other variables belong to others`,
        fix: `write gitlabFile("${proposal(reference.variable, name)}")`,
      });
    }
    if (reference.kind === "pulumiSecret" && !/^[A-Za-z][\w-]*$/.test(reference.key)) {
      problems.push({
        property: below("credentials", name),
        received: shown(reference.key),
        rule: "a key of the Pulumi configuration: letters, digits, dashes and underscores",
        fix: 'write for instance pulumiSecret("kubeconfig")',
      });
    }
    return problems;
  });
}

function checkFederated(name: string, { issuer }: Pick<CentralCluster, "issuer">): readonly Problem[] {
  const property = below("credentials", name);
  if (name !== "kubeconfig") {
    const rule = "a stored credential: only nights, through credentials.kubeconfig, use tokens of their pods";
    return [{ property, received: "federated()", rule, fix: `write gitlabFile("${APPS_VARIABLE}")` }];
  }
  if (issuer === undefined) {
    const rule = "the central cluster has an issuer that customers' API servers can read, and central.json names it";
    const fix =
      'write "issuer": { "url": "https://..." } in central.json, as described in docs/deploy.md, or gitlabFile("CUSTOMER_KUBECONFIG") here';
    return [{ property, received: "federated()", rule, fix }];
  }
  return [];
}

function isOurs(variable: string, name: string): boolean {
  return /^CUSTOMER_[A-Z0-9_]*[A-Z0-9]$/.test(variable) || (name === APPS_KUBECONFIG && variable === APPS_VARIABLE);
}

/** A name can be shown; anything else may be the credential itself. */
function shown(name: string): string {
  return /^[\w.-]{0,40}$/.test(name) ? received(name) : receivedSecret(name);
}

function proposal(variable: string, name: string): string {
  const words = (/^[\w.-]{1,40}$/.test(variable) ? variable : name)
    .replaceAll(/([a-z])([A-Z])/g, "$1_$2")
    .toUpperCase();
  return `${PREFIX}${words.replaceAll(/[^A-Z0-9]+/g, "_").replaceAll(/^(CUSTOMER_)?_*|_+$/g, "") || "KUBECONFIG"}`;
}
