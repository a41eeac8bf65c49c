import type { CustomerDefinition } from "../../../constructs/definition/customer-definition.ts";
import { parseCertificates } from "../../../constructs/definition/parse-certificates.ts";
import { received } from "../../../constructs/definition/problem.ts";
import type { EstateView } from "../../model/view.ts";
import type { Inspection, Rule } from "../rule.ts";
import { badKubeconfigs, soundKubeconfig } from "./kubeconfig-samples.ts";

export const kubeconfig: Rule = {
  number: 12,
  name: "kubeconfig",
  info: "A kubeconfig could bring more than one server and one credential: a program to run, a file to read, a proxy, no TLS.",
  explanation:
    "A kubeconfig is code: it can run a program, read the node's files, or send a customer's traffic elsewhere. The real ones are seen by the deployment only, which refuses a bad one before it creates anything. Here, with no credential at hand, that very check is tested: it must accept the kubeconfig that a definition asks for and refuse one sample of each fault. What a definition itself declares is checked for every customer: an https URL of host and port, and inline certificate authorities (more than one while one is being renewed), and nothing else.",
  unit: "definitions and sample kubeconfigs",
  check(view, inspection) {
    const definitions = view.customers.flatMap(({ definition }) => definition ?? []);
    for (const definition of definitions) {
      inspection.examine();
      checkDefinition(definition, inspection);
    }
    const missing = view.customers.length - definitions.length;
    if (missing > 0) {
      inspection.note(
        `${missing} customers have no definition here: their kubeconfig's server and CA are not compared`,
      );
    }
    const sound = definitions.find((definition) => hasAuthorities(definition.cluster.ca));
    if (sound !== undefined) {
      checkTheCheck(view, sound, inspection);
    }
  },
};

function checkDefinition({ name, cluster }: CustomerDefinition, inspection: Inspection): void {
  const url = URL.canParse(cluster.server) ? new URL(cluster.server) : undefined;
  const bare = url !== undefined && url.pathname === "/" && url.search === "" && url.hash === "";
  if (url?.protocol !== "https:" || !bare || url.username !== "" || url.password !== "") {
    inspection.report(
      `customers/${name}.ts`,
      `cluster.server is ${received(cluster.server)}`,
      "write https://<host>:<port> and nothing more",
    );
  }
  if (!hasAuthorities(cluster.ca)) {
    inspection.report(
      `customers/${name}.ts`,
      "cluster.ca is not certificate authorities in PEM and nothing else",
      "paste the certificate that the API server's is signed by; the old and the new one while it is renewed",
    );
  }
}

/** One fact, judged as by the checks of a definition: a second reading of PEM would refuse what they accept. */
function hasAuthorities(pem: string): boolean {
  return parseCertificates(pem)?.every(({ ca }) => ca) === true;
}

/** Tests the deployment's check. */
function checkTheCheck({ trials }: EstateView, definition: CustomerDefinition, inspection: Inspection): void {
  const object = "constructs/checks/check-kubeconfig.ts";
  const problems = trials.checkKubeconfig(soundKubeconfig(definition), definition);
  inspection.examine();
  if (problems.length > 0) {
    const [first] = problems;
    inspection.report(
      object,
      `refuses the kubeconfig that the definition of ${definition.name} asks for (${first?.property ?? "?"})`,
      "fix the check: nothing is proven by one that refuses everything",
    );
  }
  for (const { what, text } of badKubeconfigs(definition)) {
    inspection.examine();
    if (trials.checkKubeconfig(text, definition).length === 0) {
      inspection.report(object, `accepts a kubeconfig with ${what}`, "refuse it before anything is deployed");
    }
  }
}
