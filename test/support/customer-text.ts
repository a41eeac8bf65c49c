import { fileURLToPath } from "node:url";
import { certificate } from "./certificates.ts";

const library = fileURLToPath(new URL("../../constructs/index.ts", import.meta.url));

/** What a test writes in the places of a customer file; text as in the file, empty to leave the property out. */
export interface Places {
  /** After the imports. */
  readonly before?: string;
  /** Further properties of the customer. */
  readonly more?: string;
  readonly name?: string;
  readonly displayName?: string;
  readonly cluster?: string;
  readonly server?: string;
  readonly address?: string;
  readonly ca?: string;
  readonly capacity?: string;
  /** Further properties of the cluster. */
  readonly moreCluster?: string;
  readonly credentials?: string;
  readonly lane?: string;
  readonly apps?: string;
  readonly workflow?: string;
  readonly schedule?: string;
  /** Further properties of the night. */
  readonly moreNight?: string;
  readonly steps?: string;
  /** Replaces the whole file except its imports. */
  readonly whole?: string;
}

/** A customer file without a fault except for what `places` contain. */
export function customerText(name: string, address: string, places: Places): string {
  const property = (key: keyof Places, otherwise: string, written: string = key): string => {
    const text = places[key] ?? otherwise;
    return text === "" ? "" : `${written}: ${text},`;
  };
  const cluster = `{
    ${property("server", `"https://k8s.${name}.example:6443"`)}
    ${property("address", `"${address}"`)}
    ${property("ca", `pem\`${certificate("valid")}\``)}
    ${property("capacity", "{ cpu: Cpu.units(16), memory: Size.gibibytes(64) }")}
    ${places.moreCluster ?? ""}
  }`;
  const workflow = `sparkRiskWorkflow({
    ${property("schedule", 'nightly("22:00", { timezone: "Europe/Berlin", calendar: TARGET })')}
    ${places.moreNight === undefined ? "" : `${places.moreNight},`}
    ${property("steps", `(night) => { ${night("")} }`)}
  })`;
  const customer = `export default defineCustomer({
  ${property("name", `"${name}"`)}
  ${property("displayName", '"Badbank AG"')}
  ${property("cluster", cluster)}
  ${property("credentials", '{ kubeconfig: gitlabFile("CUSTOMER_KUBECONFIG") }')}
  ${property("lane", "")}
  ${property("apps", "")}
  ${property("workflow", workflow)}
  ${places.more ?? ""}
});`;
  return `import * as library from "${library}";
const { Cpu, Duration, FRANKFURT, LONDON, NEW_YORK, RIYADH, Size, TARGET, WEEKENDS } = library;
const { defineCustomer, deployedApp, federated, gitlabFile, helmApp, image, inPod, nightly, onResults, pem } = library;
const { pulumiSecret, riskApp, sparkApp, sparkRiskWorkflow } = library;
const { claim, configMapFiles, configMapKey, scratch, secretFiles, secretKey } = library;
const pricing = deployedApp({ labels: { "app.kubernetes.io/name": "pricing-engine" } });
${places.before ?? ""}
${places.whole ?? customer}
`;
}

/** The steps of a night: a command, a Spark step, and what a test adds. */
export function night(more: string): string {
  return `const market = night.exec("market", { app: pricing, command: ["/opt/snapshot.py", night.businessDate] });
      const reval = night.spark("reval", { app: riskApp("revaluation.py"), after: market });
      ${more}`;
}
