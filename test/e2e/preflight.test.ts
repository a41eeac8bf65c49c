import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { CustomerDefinition } from "../../constructs/definition/customer-definition.ts";
import { loadCustomer } from "../../constructs/definition/customer-files.ts";
import { Step } from "../../constructs/night/step.ts";
import { preflight } from "../../infra/preflight/preflight.ts";
import { runCommand } from "../farm/command.ts";
import { farmEnvironment } from "../farm/environment.ts";
import { FarmPaths, farmRoot, repositoryRoot } from "../farm/paths.ts";
import { plainEnvironment } from "../farm/run.ts";

const paths = new FarmPaths(farmRoot());

/** The other faults are planted in `test/api/preflight*.test.ts`: here pods start. */
describe("preflight in a customer's cluster", () => {
  test("starts a pod of each image as a night would, removes it, and says that a night can start", async () => {
    const args = ["run", "--silent", "preflight", "--", "nordbank"];
    const { code, output } = await runCommand("npm", args, {
      cwd: repositoryRoot,
      env: { ...plainEnvironment, ...(await farmEnvironment(paths, "nordbank")) },
    });
    expect(output).toMatch(/ok {4}start of \S+ +\S+@sha256:[0-9a-f]{12} was pulled and started/);
    expect(output).toContain("a night can start");
    expect(code).toBe(0);
  });

  test("says, for an image that the cluster cannot pull, who has to do what", async () => {
    const definition = await loadCustomer("nordbank");
    const unknown = `registry.nightlane.example/nightlane/nowhere@sha256:${"0".repeat(64)}`;
    const findings = await preflight(
      withImage(definition, unknown),
      readFileSync(paths.customer("nordbank").kubeconfig, "utf8"),
      { seconds: 120, note: () => {} },
    );
    const start = findings.find(({ look }) => look.startsWith("start of "));
    expect(start?.found).toContain("cannot be pulled");
    expect(start?.todo?.who).toBe("the customer's administrator");
  });
});

function withImage(definition: CustomerDefinition, image: string): CustomerDefinition {
  const [step] = definition.workflow.steps.filter(({ work }) => work.kind === "spark");
  if (step?.work.kind !== "spark") {
    throw new Error("nordbank has no Spark step");
  }
  const options = { ...step.work.options, app: { ...step.work.options.app, image } };
  const steps = [new Step(step.name, { kind: "spark", options })];
  return { ...definition, workflow: { ...definition.workflow, steps } };
}
