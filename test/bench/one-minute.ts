import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ARGO_NAMESPACE } from "../../constructs/definition/central-cluster.ts";
import { customerFile, loadCustomer } from "../../constructs/definition/customer-files.ts";
import type { Manifest } from "../../constructs/kubernetes/manifest.ts";
import { CONTROLLER_RATE } from "../../constructs/platform/argo-controller.ts";
import { Platform } from "../../constructs/platform/platform.ts";
import { render, synthesize } from "../../constructs/synthesize.ts";
import { startApiServer } from "../farm/api-server.ts";
import { runCommand } from "../farm/command.ts";
import { succeeded } from "../farm/deploy/pulumi.ts";
import { nextMinute } from "../farm/nights/due-soon.ts";
import { progressOn } from "../farm/progress.ts";
import { ensureTools } from "../farm/tools/ensure.ts";
import { until } from "../farm/wait.ts";
import { Api } from "../support/api.ts";

/**
 * Many customers at one minute: lanes whose schedules all name the same one, the real Argo controller, and how long it
 * is until the last of them has its first pod. Once with the controller's own rate of requests and once with
 * Nightlane's. `tsx test/bench/one-minute.ts [lanes]`. The pods never run: what is measured is the controller.
 */
const LANES = Number(process.argv[2] ?? 100);
const COLLECTIONS = { workflows: "/apis/argoproj.io/v1alpha1/workflows", pods: "/api/v1/pods" } as const;

/** What a lane needs so that its night starts. */
const KINDS: ReadonlySet<string> = new Set(["Namespace", "ServiceAccount", "WorkflowTemplate", "CronWorkflow"]);

async function measure(rate: readonly string[]): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "nightlane-minute-"));
  const tools = await ensureTools(["kubectl", "argo-crds", "workflow-controller"], progressOn(process.stderr));
  const server = await startApiServer({ dir: join(folder, "api-server"), reporter: progressOn(process.stderr) });
  const api = await Api.fromKubeconfig(server.kubeconfig);
  const kubectl = async (...args: readonly string[]): Promise<string> =>
    succeeded(await runCommand(tools.kubectl, ["--kubeconfig", server.kubeconfig, ...args], { cwd: folder, env: {} }));
  const apply = async (name: string, items: readonly object[]): Promise<void> => {
    const file = join(folder, `${name}.json`);
    writeFileSync(file, JSON.stringify({ apiVersion: "v1", kind: "List", items }));
    await kubectl("apply", "--server-side", "-f", file);
  };
  let controller: ChildProcess | undefined;
  try {
    await kubectl("apply", "--server-side", "-f", join(tools["argo-crds"], "full"));
    const served = { what: "Argo's kinds are served", limitSeconds: 120, everyMilliseconds: 500 };
    await until(served, () =>
      kubectl("get", "workflowtemplates,cronworkflows,workflows", "-A").then(
        () => true,
        () => false,
      ),
    );
    await kubectl("create", "namespace", ARGO_NAMESPACE);
    const platform = render((app) => new Platform(app, "platform"));
    await apply(
      "settings",
      platform.filter(({ kind, metadata }) => kind === "ConfigMap" && metadata.namespace === ARGO_NAMESPACE),
    );
    const at = nextMinute(60);
    const lane = await laneDueAt(at);
    for (let first = 0; first < LANES; first += 20) {
      const numbers = Array.from({ length: Math.min(20, LANES - first) }, (_, index) => first + index);
      await apply(
        "lanes",
        numbers.flatMap((number) => lane(`lane-${number}`)),
      );
    }
    if (Date.now() > at - 5000) {
      throw new Error(`${LANES} lanes took longer to make than was left until their minute: take fewer`);
    }
    const log = openSync(join(folder, "controller.log"), "a");
    const flags = ["--kubeconfig", server.kubeconfig, "--namespace", ARGO_NAMESPACE, "--loglevel", "warn", ...rate];
    controller = spawn(tools["workflow-controller"], flags, {
      env: { PATH: process.env.PATH ?? "", LEADER_ELECTION_IDENTITY: "bench", ARGO_SECURE: "false" },
      stdio: ["ignore", log, log],
    });
    closeSync(log);
    const begun = { what: `${LANES} nights have a pod`, limitSeconds: 600, everyMilliseconds: 500 };
    await until(begun, async () => Date.now() > at && (await count(api, COLLECTIONS.pods)) >= LANES);
    const seconds = (Date.now() - at) / 1000;
    if ((await count(api, COLLECTIONS.workflows)) !== LANES) {
      throw new Error("a lane has not exactly one night");
    }
    return seconds;
  } finally {
    controller?.kill("SIGKILL");
    api.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A lane like that of an example customer, by its name, whose schedule comes due once, at a minute. */
async function laneDueAt(at: number): Promise<(name: string) => readonly object[]> {
  const { lane } = synthesize(await loadCustomer("nordbank"), customerFile("nordbank"));
  const used = lane.filter(
    ({ kind, metadata }) => KINDS.has(kind) && (kind !== "CronWorkflow" || metadata.name === "night"),
  );
  const due = new Date(at);
  const schedules = [`${due.getUTCMinutes()} ${due.getUTCHours()} * * *`];
  return (name) =>
    used.map((manifest) => {
      const metadata = { ...manifest.metadata, ...(manifest.kind === "Namespace" ? { name } : { namespace: name }) };
      return manifest.kind === "CronWorkflow"
        ? { ...manifest, metadata, spec: { ...(manifest.spec as object), schedules, timezone: "UTC" } }
        : { ...manifest, metadata };
    });
}

async function count(api: Api, collection: string): Promise<number> {
  const answer = (await api.find(collection)) as { readonly items: readonly Manifest[] } | undefined;
  return answer?.items.length ?? 0;
}

const theirs = await measure([]);
console.log(`the controller's own rate: the last of ${LANES} nights has its first pod after ${theirs.toFixed(1)} s`);
const ours = await measure(CONTROLLER_RATE);
console.log(
  `one-minute: lanes=${LANES} argo_s=${theirs.toFixed(1)} ours_s=${ours.toFixed(1)} ratio=${(theirs / ours).toFixed(2)}`,
);
