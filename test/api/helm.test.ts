import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { customerNames, loadCustomer } from "../../constructs/definition/customer-files.ts";
import type { Manifest } from "../../constructs/kubernetes/manifest.ts";
import { helmChart } from "../../infra/helm-chart.ts";
import { writeHelmOutput } from "../../infra/helm-output.ts";
import { type CommandResult, runCommand } from "../farm/command.ts";
import { succeeded } from "../farm/deploy/pulumi.ts";
import { ensureTools } from "../farm/tools/ensure.ts";
import { silentReporter } from "../farm/tools/reporter.ts";
import { find, manifestsOf } from "../support/manifests.ts";
import { CentralApi } from "./support.ts";

const RELEASES = "nightlane-system";
const LANE = "customer-nordbank";

let api: CentralApi;
let helmPath: string;
let charts: string;

beforeAll(async () => {
  api = await CentralApi.start();
  helmPath = (await ensureTools(["helm"], silentReporter)).helm;
  charts = join(api.folder.path, "dist-helm");
  await writeHelmOutput(charts);
});

afterAll(async () => {
  await api?.stop();
});

/** Runs helm with a home of its own, against the API server. */
async function helm(...args: readonly string[]): Promise<CommandResult> {
  const home = join(api.folder.path, "helm");
  mkdirSync(home, { recursive: true });
  return runCommand(helmPath, args, { cwd: home, env: { HOME: home, KUBECONFIG: api.kubeconfig } });
}

async function rendered(chart: string, ...args: readonly string[]): Promise<readonly Manifest[]> {
  const printed = await helm("template", "release", chart, ...args);
  succeeded(printed);
  return parseAllDocuments(printed.stdout, { version: "1.1" })
    .map((document): Manifest => document.toJS())
    .filter((object) => object !== null);
}

/** Objects by what they are. The one thing that charts add says that helm is not to delete a night's template. */
function byIdentity(manifests: readonly Manifest[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    manifests.map((manifest) => {
      const { annotations = {}, ...metadata } = manifest.metadata;
      const { "helm.sh/resource-policy": _, ...own } = annotations;
      const bare = { ...metadata, ...(Object.keys(own).length === 0 ? {} : { annotations: own }) };
      return [`${manifest.kind} ${metadata.namespace ?? ""} ${metadata.name}`, { ...manifest, metadata: bare }];
    }),
  );
}

describe.each(customerNames())("charts of %s", (name) => {
  test("pass helm's linter in strict mode", async () => {
    succeeded(await helm("lint", "--strict", join(charts, name), join(charts, name, "customer-side")));
  });

  test("render exactly the objects of the plain synth", async () => {
    const { lane, customerSide, apps } = manifestsOf(await loadCustomer(name));
    expect(byIdentity(await rendered(join(charts, name)))).toEqual(byIdentity(lane));
    expect(existsSync(join(charts, name, "apps"))).toBe(apps.length > 0);
    if (apps.length > 0) {
      expect(byIdentity(await rendered(join(charts, name, "apps")))).toEqual(byIdentity(apps));
    }
    const administrators = await rendered(join(charts, name, "customer-side"));
    expect(byIdentity(administrators)).toEqual(byIdentity(customerSide));
  });
});

describe("values", () => {
  test("change the fields they are for, and leave the template and its name", async () => {
    const chart = join(charts, "nordbank");
    const set = [
      "--set",
      "schedule.cron=15 23 * * *",
      "--set",
      "results.size=40Gi",
      "--set-json",
      'quota={"pods":"21"}',
    ];
    const changed = await rendered(chart, ...set);
    expect(find(changed, "CronWorkflow", "night").spec).toMatchObject({ schedules: ["15 23 * * *"] });
    expect(find(changed, "PersistentVolumeClaim").spec).toMatchObject({ resources: { requests: { storage: "40Gi" } } });
    const usual = await rendered(chart);
    const { hard } = find(usual, "ResourceQuota").spec as { readonly hard: Readonly<Record<string, string>> };
    expect(hard.pods).not.toBe("21");
    expect(find(changed, "ResourceQuota").spec).toMatchObject({ hard: { ...hard, pods: "21" } });
    expect(find(changed, "WorkflowTemplate", /^night-/)).toEqual(find(usual, "WorkflowTemplate", /^night-/));
  });

  test.each([
    ["a value that no field reads", "timezone=Europe/Paris", /additional properties 'timezone' not allowed/i],
    ["a start that is not a time of day", "schedule.cron=61 22 * * *", /schedule.cron.*does not match pattern/is],
    ["a start that the clocks skip and repeat", "schedule.cron=30 2 * * *", /schedule.cron.*not/is],
    ["a removed value", "results.size=null", /size/],
  ])("%s is refused", async (_, set, message) => {
    const result = await helm("template", "release", join(charts, "nordbank"), "--set", set);
    expect(result.code).not.toBe(0);
    expect(result.output).toMatch(message);
  });

  test("an image by tag is refused", async () => {
    const chart = join(charts, "nordbank", "customer-side");
    const result = await helm("template", "release", chart, "--set", "images.runner=runner:latest");
    expect(result.code).not.toBe(0);
    expect(result.output).toMatch(/images.runner.*does not match pattern/is);
  });
});

describe("a release on a real API server", () => {
  test("installs the lane, its placeholders whole", async () => {
    const chart = join(charts, "nordbank");
    succeeded(await helm("install", "nordbank", chart, "--namespace", RELEASES));
    const { lane } = manifestsOf(await loadCustomer("nordbank"));
    const template = find(lane, "WorkflowTemplate", /^night-/);
    const live = JSON.parse(
      await api.kubectl("get", "workflowtemplate", template.metadata.name, "-n", LANE, "-o", "json"),
    );
    expect(live.spec).toEqual(template.spec);
    const schedule = ["get", "cronworkflow", "night", "-n", LANE, "-o", "jsonpath={.spec.schedules[0]}"];
    expect(await api.kubectl(...schedule)).toBe("30 22 * * *");
    expect(await api.names(LANE, "secret")).toContain("secret/credential");
  });

  test("an upgrade leaves the credential that was put in", async () => {
    const data = JSON.stringify({ data: { kubeconfig: Buffer.from("canary").toString("base64") } });
    await api.kubectl("patch", "secret", "credential", "-n", LANE, "--type=merge", "-p", data);
    const set = ["--set", "schedule.cron=15 23 * * *"];
    succeeded(await helm("upgrade", "nordbank", join(charts, "nordbank"), "--namespace", RELEASES, ...set));
    const kept = await api.kubectl("get", "secret", "credential", "-n", LANE, "-o", "jsonpath={.data.kubeconfig}");
    expect(Buffer.from(kept, "base64").toString()).toBe("canary");
    const schedule = ["get", "cronworkflow", "night", "-n", LANE, "-o", "jsonpath={.spec.schedules[0]}"];
    expect(await api.kubectl(...schedule)).toBe("15 23 * * *");
  });

  test("installs the customer's side", async () => {
    const chart = join(charts, "nordbank", "customer-side");
    succeeded(await helm("install", "customer-side", chart, "--namespace", RELEASES));
    expect(await api.names("risk", "deployment,serviceaccount,persistentvolumeclaim")).toEqual(
      expect.arrayContaining(["deployment.apps/results", "persistentvolumeclaim/results", "serviceaccount/nightlane"]),
    );
  });

  test("an upgrade to another night leaves the last one's template for replays", async () => {
    const nordbank = await loadCustomer("nordbank");
    const schedule = { ...nordbank.workflow.schedule, extraHolidays: [] };
    const { lane } = manifestsOf({ ...nordbank, workflow: { ...nordbank.workflow, schedule } });
    const chart = join(api.folder.path, "changed");
    const files = helmChart({ name: "nordbank", description: "with other holidays", notes: "", manifests: lane });
    for (const [file, content] of files) {
      mkdirSync(dirname(join(chart, file)), { recursive: true });
      writeFileSync(join(chart, file), content);
    }
    const before = await api.names(LANE, "workflowtemplate");
    succeeded(await helm("upgrade", "nordbank", chart, "--namespace", RELEASES));
    const added = `workflowtemplate.argoproj.io/${find(lane, "WorkflowTemplate", /^night-/).metadata.name}`;
    expect(before).not.toContain(added);
    expect(await api.names(LANE, "workflowtemplate")).toEqual([...before, added].sort());
    const reference = "jsonpath={.spec.workflowSpec.workflowTemplateRef.name}";
    expect(added).toContain(await api.kubectl("get", "cronworkflow", "night", "-n", LANE, "-o", reference));
  });

  test("an uninstalled lane is gone with its namespace", async () => {
    succeeded(await helm("uninstall", "nordbank", "--namespace", RELEASES));
    await api.kubectl("wait", "--for=delete", `namespace/${LANE}`, "--timeout=120s");
    expect(await api.kubectl("get", "namespaces", "-o", "name")).not.toContain(LANE);
  });
});
