import { writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Writes the file of a customer that only this test has: a namespace of its own in nordbank's cluster, and a night of
 * two short steps.
 * @param folder Takes the place of `customers/`.
 */
export function writeHelmBank(folder: string): void {
  const library = new URL("../../constructs/index.ts", import.meta.url).href;
  const nordbank = new URL("../../customers/nordbank.ts", import.meta.url).href;
  writeFileSync(
    join(folder, "helmbank.ts"),
    `import { Cpu, defineCustomer, deployedApp, gitlabFile, nightly, onResults, Size, sparkRiskWorkflow } from "${library}";
import nordbank from "${nordbank}";

const files = deployedApp({ labels: { "app.kubernetes.io/name": "nightlane-results" } });

export default defineCustomer({
  name: "helmbank",
  cluster: {
    ...nordbank.cluster,
    namespace: "helm",
    capacity: { cpu: Cpu.units(1), memory: Size.gibibytes(1) },
    resultsSize: Size.gibibytes(1),
  },
  credentials: { kubeconfig: gitlabFile("CUSTOMER_KUBECONFIG") },
  lane: { runners: 2, resultsSize: Size.gibibytes(1) },
  workflow: sparkRiskWorkflow({
    schedule: nightly("22:00", { timezone: "Europe/Berlin" }),
    steps: (night) => {
      const note = night.exec("note", {
        app: files,
        command: ["sh", "-c", 'mkdir -p "$0" && echo "$1" > "$0/note.txt"', night.path("note"), night.businessDate],
      });
      night.copyOut("fetch", { from: onResults("note"), after: note });
    },
  }),
});
`,
  );
}
