import { scan } from "../../scan/scan.ts";
import type { Rule } from "../rule.ts";

export const noSecretValues: Rule = {
  number: 16,
  name: "no-secret-values",
  info: "A secret, or a reference that becomes one, is in an environment variable, argument, parameter, annotation or any other text of a manifest.",
  explanation:
    "Variables and arguments are inherited by child processes, shown by describe, and land in logs and dumps; parameters and annotations are kept in the workflow's record. Credentials are files, readable by the runner's group only. Looked for: variables taken from Secrets (what the Jobs of a step take of the Secrets of the customer's own cluster is the customer's business), the forms of keys, tokens and kubeconfigs, values under revealing names, and long random words; in the documents inside strings, too. A secret that looks like an ordinary word cannot be recognized.",
  unit: "manifests",
  check(view, inspection) {
    for (const { manifest, object } of [...view.objects, ...view.customerSideObjects]) {
      inspection.examine();
      const { secretVariables, secretValues } = scan(manifest);
      for (const { path, name } of secretVariables) {
        inspection.report(object, `${path} makes Secret ${name} an environment variable`, "mount it as a file");
      }
      for (const { path, why } of secretValues) {
        inspection.report(
          object,
          `${path} looks like a secret: ${why}`,
          "refer to it: credentials.<name> becomes a file",
        );
      }
    }
  },
};
