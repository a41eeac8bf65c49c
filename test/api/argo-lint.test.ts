import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { customerFile, customerNames, loadCustomer } from "../../constructs/definition/customer-files.ts";
import { synthesize } from "../../constructs/synthesize.ts";
import { toYaml } from "../../infra/yaml.ts";
import { type CommandResult, runCommand } from "../farm/command.ts";
import { ensureTools } from "../farm/tools/ensure.ts";
import { silentReporter } from "../farm/tools/reporter.ts";
import { TemporaryFolder } from "./support.ts";

const folder = new TemporaryFolder();
let argo: string;

beforeAll(async () => {
  argo = (await ensureTools(["argo"], silentReporter)).argo;
});

afterAll(() => folder.remove());

test.each(customerNames())("argo's own lint finds nothing in the night of %s", async (customer) => {
  const result = await lint(customer, (yaml) => yaml);
  expect(result.output).toContain("no linting errors found");
  expect(result.code).toBe(0);
});

test("argo's own lint looks: a task that names no template is found", async () => {
  const result = await lint("nordbank", (yaml) => yaml.replace("template: calendar", "template: nowhere"));
  expect(result.code).not.toBe(0);
  expect(result.output).toContain("nowhere");
});

async function lint(customer: string, edit: (yaml: string) => string): Promise<CommandResult> {
  const { lane } = synthesize(await loadCustomer(customer), customerFile(customer));
  const target = join(folder.path, customer);
  mkdirSync(target, { recursive: true });
  // In one call with the template that the schedule refers to: offline, argo knows only what it is given.
  for (const manifest of lane.filter(({ kind }) => kind === "WorkflowTemplate" || kind === "CronWorkflow")) {
    writeFileSync(join(target, `${manifest.kind}-${manifest.metadata.name}.yaml`), edit(toYaml(manifest)));
  }
  const args = ["lint", "--offline", "--kinds", "workflowtemplates,cronworkflows", target];
  return runCommand(argo, args, { cwd: folder.path, env: {} });
}
