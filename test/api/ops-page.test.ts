import { networkInterfaces } from "node:os";
import { PassThrough } from "node:stream";
import { CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SYSTEM_NAMESPACE } from "../../constructs/definition/central-cluster.ts";
import { NIGHTWATCH_SERVICE_ACCOUNT } from "../../constructs/platform/nightwatch-rbac.ts";
import { bundlePage } from "../../nightwatch/page/bundle.ts";
import type { NightsAt } from "../../nightwatch/page/view/night-line.ts";
import { startNightwatch } from "../../nightwatch/start.ts";
import { ExitCode } from "../../ops/exit-code.ts";
import { loadKubeconfig } from "../../ops/kubeconfig.ts";
import { Output } from "../../ops/output.ts";
import { ui } from "../../ops/verbs/ui.ts";
import { laneNamespace } from "../../runs/lane-namespace.ts";
import { PAGE_AUDIENCE, PAGE_SERVICE, PAGE_SERVICE_ACCOUNT, PASS_HEADER } from "../../runs/page-pass.ts";
import { until } from "../farm/wait.ts";
import { OpsCluster } from "./ops-support.ts";

let cluster: OpsCluster;
let anna: string;
let standby: Awaited<ReturnType<typeof startNightwatch>>;

/** The API server forwards to no loopback address. */
function ownAddress(): string {
  const found = Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .find(({ family, internal }) => family === "IPv4" && !internal);
  if (found === undefined) {
    throw new Error("this machine has no address but the loopback's");
  }
  return found.address;
}

/**
 * What kubelet and controllers of a whole cluster would write: where the pods behind the page's Service are. The API
 * server forwards to addresses of pods alone, so there is one with this machine's.
 */
async function pointService(...ports: readonly number[]): Promise<void> {
  const { guarded } = cluster;
  const [name, namespace, ip] = ["nightwatch-here", SYSTEM_NAMESPACE, ownAddress()];
  const securityContext = {
    runAsNonRoot: true,
    runAsUser: 1000,
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"] },
    seccompProfile: { type: "RuntimeDefault" },
  };
  const containers = [{ name: "nightwatch", image: "registry.example/nightwatch", securityContext }];
  await guarded.apply([{ apiVersion: "v1", kind: "Pod", metadata: { name, namespace }, spec: { containers } }]);
  const status = JSON.stringify({ status: { podIP: ip, podIPs: [{ ip }] } });
  await guarded.central.kubectl(
    "patch",
    "pod",
    name,
    "-n",
    namespace,
    "--subresource=status",
    "--type=merge",
    "-p",
    status,
  );
  // With a selector its controller would look for the pods of the Deployment, which do not run here.
  const without = JSON.stringify([{ op: "remove", path: "/spec/selector" }]);
  await guarded.central.kubectl("patch", "service", PAGE_SERVICE.name, "-n", namespace, "--type=json", "-p", without);
  const addresses = [{ ip, targetRef: { kind: "Pod", name, namespace } }];
  const subsets = ports.map((port) => ({ addresses, ports: [{ name: PAGE_SERVICE.port, port, protocol: "TCP" }] }));
  await guarded.central.kubectl("delete", "endpoints", PAGE_SERVICE.name, "-n", namespace, "--ignore-not-found");
  await guarded.apply([
    { apiVersion: "v1", kind: "Endpoints", metadata: { name: PAGE_SERVICE.name, namespace }, subsets },
  ]);
}

/** Opens the page as somebody, as `nightlane ui` does, and closes it when looked at. */
async function looked<Seen>(
  kubeconfig: string,
  customers: readonly string[],
  look: (get: (path: string) => Promise<Response>) => Promise<Seen>,
): Promise<Seen> {
  const stop = new AbortController();
  const out = new PassThrough();
  const output = new Output({ form: "json" }, out, new PassThrough());
  const options = { customers, port: 0, browser: false, timeoutSeconds: 15, stop: stop.signal };
  const open = ui(loadKubeconfig({ kubeconfig }), options, output);
  const printed = new Promise<string>((resolve) => out.once("data", (text: Buffer) => resolve(String(text))));
  try {
    const said = await Promise.race([printed, open.then(() => "")]);
    const { origin, hash } = new URL(JSON.parse(said).address);
    const headers = { authorization: `Bearer ${hash.slice("#key=".length)}` };
    return await look((path) => fetch(`${origin}${path}`, { headers }));
  } finally {
    stop.abort();
    await open;
  }
}

/** The customers that somebody is shown. */
async function customersOn(get: (path: string) => Promise<Response>): Promise<readonly string[]> {
  const { body } = await get("/events");
  let text = "";
  for await (const part of body ?? []) {
    text += Buffer.from(part).toString();
    if (text.includes("\n\n")) {
      break;
    }
  }
  const { lines }: NightsAt = JSON.parse(/^event: nights\ndata: (.*)$/m.exec(text)?.[1] ?? "");
  return [...new Set(lines.map(({ customer }) => customer))];
}

async function askWith(pass: string): Promise<number> {
  return (await fetch(`http://127.0.0.1:${cluster.pagePort}/`, { headers: { [PASS_HEADER]: pass } })).status;
}

async function tokenOf(namespace: string, name: string, audiences: string[]): Promise<string> {
  const config = new KubeConfig();
  config.loadFromFile(cluster.guarded.central.kubeconfig);
  const body = { spec: { audiences, expirationSeconds: 600 } };
  const made = await config.makeApiClient(CoreV1Api).createNamespacedServiceAccountToken({ namespace, name, body });
  return made.status?.token ?? "";
}

beforeAll(async () => {
  cluster = await OpsCluster.start();
  anna = await cluster.operator("anna@vendor.example");
  const config = new KubeConfig();
  config.loadFromFile(await cluster.serviceAccount(SYSTEM_NAMESPACE, NIGHTWATCH_SERVICE_ACCOUNT));
  // Two of them, as deployed: this one stands by.
  standby = await startNightwatch({
    config,
    namespace: SYSTEM_NAMESPACE,
    webhookFolder: "/nonexistent",
    retentionDays: 90,
    port: 0,
    page: { port: 0, assets: await bundlePage() },
    roundMilliseconds: 300,
    identity: "nightwatch-2",
    lost: () => undefined,
    log: () => undefined,
  });
  await pointService(cluster.pagePort, standby.pagePort ?? 0);
  const ready = { what: "nightwatch has listed everything", limitSeconds: 120 };
  await until(ready, async () => (await cluster.askNightwatch("/readyz")).status === 200);
});

afterAll(async () => {
  await standby?.stop();
  await cluster?.stop();
});

describe("nightwatch's page through the API server", () => {
  test("shows an operator on call all customers, whichever of two nightwatches the API server picks", async () => {
    const seen = await looked(anna, [], async (get) => {
      const statuses: number[] = [];
      for (let asked = 0; asked < 10; asked += 1) {
        const answer = await get("/");
        statuses.push(answer.status);
        expect(answer.ok ? "" : await answer.text()).toBe("");
      }
      expect(statuses).toEqual(statuses.map(() => 200));
      return customersOn(get);
    });
    expect(seen).toEqual(["alpenkredit", "nordbank"]);
  });

  test("shows a run with what may be done about it", async () => {
    await cluster.nightlane(anna, "run", "nordbank", "--date", "2026-03-31", "--reason", "to be looked at");
    const run = async (): Promise<unknown> =>
      looked(anna, [], async (get) => (await get("/run?customer=nordbank")).json().catch(() => undefined));
    await expect
      .poll(run, { timeout: 120_000 })
      .toMatchObject({ customer: "nordbank", phase: "Running", acts: [{ verb: "run", reason: "to be looked at" }] });
  });

  test("is written as a copy that stands by itself", async () => {
    const { code, out } = await cluster.nightlane(anna, "nights", "--html");
    expect(code).toBe(0);
    expect(out).toMatch(/^<!doctype html>/);
    expect(out).toContain('"customer":"nordbank"');
  });

  test("is closed to users without rights, and says which are missing", async () => {
    const stranger = await cluster.operator("mallory@elsewhere.example", "elsewhere:people");
    const { code, err } = await cluster.nightlane(stranger, "ui", "--no-browser");
    expect({ code, err }).toMatchObject({ code: ExitCode.refused, err: expect.stringContaining("serviceaccounts") });
    expect((await cluster.nightlane(stranger, "nights", "--html")).code).toBe(ExitCode.refused);
  });

  test("shows a user who may see one customer that customer", async () => {
    const namespace = laneNamespace("nordbank");
    const group = "--group=nordbank:risk";
    for (const args of [
      ["create", "serviceaccount", PAGE_SERVICE_ACCOUNT, "-n", namespace],
      [
        "create",
        "role",
        "page-pass",
        "-n",
        namespace,
        "--verb=create",
        "--resource=serviceaccounts/token",
        "--resource-name=page",
      ],
      ["create", "rolebinding", "page-pass", "-n", namespace, "--role=page-pass", group],
      ["create", "rolebinding", "nightwatch-page-nordbank", "-n", SYSTEM_NAMESPACE, "--role=nightwatch-page", group],
    ]) {
      await cluster.guarded.central.kubectl(...args);
    }
    const rita = await cluster.operator("rita@nordbank.example", "nordbank:risk");
    await looked(rita, ["nordbank"], async (get) => {
      expect(await customersOn(get)).toEqual(["nordbank"]);
      expect((await get("/run?customer=alpenkredit")).status).toBe(404);
      expect((await get("/history?customer=alpenkredit")).status).toBe(404);
    });
    expect((await cluster.nightlane(rita, "ui", "--no-browser")).code).toBe(ExitCode.refused);
    expect((await cluster.nightlane(rita, "ui", "alpenkredit", "--no-browser")).code).toBe(ExitCode.refused);
  });

  test("opens with no token but the page's own, and none of an account of another name", async () => {
    expect(await askWith(await tokenOf(SYSTEM_NAMESPACE, PAGE_SERVICE_ACCOUNT, [PAGE_AUDIENCE]))).toBe(200);
    expect(await askWith(await tokenOf(SYSTEM_NAMESPACE, PAGE_SERVICE_ACCOUNT, []))).toBe(401);
    expect(await askWith(await tokenOf(SYSTEM_NAMESPACE, NIGHTWATCH_SERVICE_ACCOUNT, [PAGE_AUDIENCE]))).toBe(401);
    expect(await askWith(await tokenOf("default", "default", [PAGE_AUDIENCE]))).toBe(401);
    expect(await askWith("made up")).toBe(401);
  });

  test("takes a pass for nothing else: the account may do nothing", async () => {
    const account = `system:serviceaccount:${SYSTEM_NAMESPACE}:${PAGE_SERVICE_ACCOUNT}`;
    const can = await cluster.guarded.central.kubectl(
      ...["auth", "can-i", "--list", `--as=${account}`, "-n", SYSTEM_NAMESPACE, "--no-headers"],
    );
    expect(can).not.toMatch(/secrets|workflows|pods|runrecords|\*\.\*/);
  });
});
