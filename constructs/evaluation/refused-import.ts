import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { type Problem, received } from "../definition/problem.ts";

/** Folder of what customer files share, beside them. */
export const SHARED_FOLDER = "shared";

/** The command that extracts a cluster's authority from a kubeconfig, without the file that it writes. */
export const GET_CA =
  "kubectl config view --raw -o jsonpath='{.clusters[0].cluster.certificate-authority-data}' | base64 -d >";

/** The problem of an import that a customer file may not make, or whose file does not exist. */
export function refusedImport(specifier: string, place: string, shown: string): Problem {
  const pem = basename(place).replace(/\.ts$/, ".pem");
  const own = `customers/${pem}`;
  const common = { property: "import", received: `an import of ${received(specifier)}` };
  if (specifier.endsWith(".pem")) {
    const rule = `its own certificates: ./${pem} beside it, a file and not a link`;
    return specifier === `./${pem}`
      ? {
          ...common,
          received: `${common.received}, and no file ${own}`,
          rule,
          fix: `put the CA's certificate there: ${GET_CA} ${own}`,
        }
      : { ...common, rule, fix: `copy it to ${own}, and write import ca from "./${pem}"` };
  }
  if (specifier.startsWith(`./${SHARED_FOLDER}/`) && !existsSync(join(dirname(place), specifier))) {
    const rule = `a file of customers/${SHARED_FOLDER}/ that exists, with its ending .ts`;
    return { ...common, rule, fix: "correct the name, or add the file" };
  }
  const isLibrary = /(^|\/)constructs(\/|$)|^(cdk8s(-plus-\d+)?|constructs)$/.test(specifier);
  return {
    ...common,
    rule: `a customer file is data: it imports ../constructs/index.ts, files of customers/${SHARED_FOLDER}/ and its own certificates (./${pem}), and nothing else`,
    fix: isLibrary
      ? 'import what the library offers of it from "../constructs/index.ts"'
      : `remove it from ${shown}; code for several customers goes into customers/${SHARED_FOLDER}/`,
  };
}
