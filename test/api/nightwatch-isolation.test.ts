import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { CoordinationV1Api, CustomObjectsApi, KubeConfig, V1MicroTime } from "@kubernetes/client-node";
import { Chart } from "cdk8s";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { SYSTEM_NAMESPACE } from "../../constructs/definition/central-cluster.ts";
import { NightwatchRecords } from "../../constructs/platform/nightwatch-records.ts";
import { render } from "../../constructs/synthesize.ts";
import { startNightwatch } from "../../nightwatch/start.ts";
import { CONTROLLER_LEASE } from "../../runs/controller-lease.ts";
import type { RunRecord } from "../../runs/run-record.ts";
import type { Workflow } from "../../runs/workflow.ts";
import { attemptNodes, type NightParts, nightWorkflow, stepNode } from "../unit/ops/support/night-workflow.ts";
import { CentralApi } from "./support.ts";

const ARGO = { group: "argoproj.io", version: "v1alpha1" } as const;
const MINUTE = 60_000;

let central: CentralApi;
let objects: CustomObjectsApi;
let config: KubeConfig;
let relay: Relay;
let nightwatch: Awaited<ReturnType<typeof startNightwatch>>;
const log: string[] = [];

/** A relay before the API server, whose connections a test can break. */
class Relay {
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {}

  static async before(target: URL): Promise<Relay> {
    const server = createServer();
    const relay = new Relay(server);
    server.on("connection", (client) => {
      const upstream = connect(Number(target.port), target.hostname);
      for (const [from, to] of [
        [client, upstream],
        [upstream, client],
      ] as const) {
        relay.sockets.add(from);
        from.pipe(to);
        from.on("error", () => to.destroy());
        from.on("close", () => {
          relay.sockets.delete(from);
          to.destroy();
        });
      }
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return relay;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  breakAll(): void {
    for (const socket of this.sockets) {
      socket.resetAndDestroy();
    }
  }

  close(): void {
    this.server.close();
    this.breakAll();
  }
}

async function lane(customer: string, spec: object, workflow: Workflow): Promise<void> {
  const namespace = `customer-${customer}`;
  await central.kubectl("create", "namespace", namespace);
  const template = { workflowSpec: { workflowTemplateRef: { name: "night-0123456789" } } };
  const cron = {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "CronWorkflow",
    metadata: { name: "night", namespace, annotations: { "nightlane/finish-by": "06:00" } },
    spec: { schedules: ["30 22 * * *"], timezone: "Europe/Berlin", ...template, ...spec },
  };
  await objects.createNamespacedCustomObject({ ...ARGO, namespace, plural: "cronworkflows", body: cron });
  await create(customer, workflow);
}

async function create(customer: string, { metadata, ...rest }: Workflow): Promise<void> {
  const namespace = `customer-${customer}`;
  const { name, annotations = {} } = metadata;
  const body = { apiVersion: "argoproj.io/v1alpha1", kind: "Workflow", metadata: { name, annotations }, ...rest };
  await objects.createNamespacedCustomObject({ ...ARGO, namespace, plural: "workflows", body });
}

async function records(): Promise<readonly RunRecord["spec"][]> {
  const place = { group: "nightlane.example", version: "v1", plural: "runrecords", namespace: SYSTEM_NAMESPACE };
  const list: { items: readonly RunRecord[] } = await objects.listNamespacedCustomObject(place);
  return list.items.map(({ spec }) => spec);
}

async function get(path: string): Promise<{ readonly status: number; readonly text: string }> {
  const answer = await fetch(`http://127.0.0.1:${nightwatch.port}${path}`);
  return { status: answer.status, text: await answer.text() };
}

async function metric(series: string): Promise<number | undefined> {
  const line = (await get("/metrics")).text.split("\n").find((one) => one.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

const dated = (date: string): NightParts => ({ parameters: { "business-date": date } });
const results: NightParts = {
  open: "yes",
  nodes: [stepNode("scenarios", "Succeeded"), ...attemptNodes("scenarios", 1, { phase: "Succeeded", results: "null" })],
};
const decision: NightParts = {
  open: "yes",
  nodes: [
    stepNode("market", "Running"),
    ...attemptNodes("market", 1, { phase: "Failed", exitCode: 10, hold: "Running" }),
  ],
};
const corrupt = nightWorkflow({});

beforeAll(async () => {
  central = await CentralApi.start();
  const admin = new KubeConfig();
  admin.loadFromFile(central.kubeconfig);
  objects = admin.makeApiClient(CustomObjectsApi);
  const [definition] = render((app) => {
    const chart = new Chart(app, "platform");
    new NightwatchRecords(chart, "records");
    return chart;
  });
  const file = central.folder.file("records.json", JSON.stringify(definition));
  await central.kubectl("apply", "--server-side", "-f", file);
  await central.untilEstablished();
  await lane("alpha", {}, nightWorkflow(decision));
  await lane("dates", {}, nightWorkflow(dated("9999-12-31")));
  await lane("typing", {}, nightWorkflow(dated("0206-11-27")));
  await lane("words", {}, nightWorkflow(dated("x")));
  await lane("results", {}, nightWorkflow(results));
  await lane("numbers", {}, nightWorkflow({ parameters: { "run-number": "x" } }));
  await lane("packed", {}, { ...corrupt, status: { ...corrupt.status, compressedNodes: "bm8gZ3ppcA==" } });
  await lane("mars", { timezone: "Mars/Base" }, nightWorkflow(decision));
  await lane("zeta", {}, nightWorkflow(decision));

  const kubeconfig: { clusters: { cluster: { server: string } }[] } = parse(readFileSync(central.kubeconfig, "utf8"));
  const [cluster] = kubeconfig.clusters;
  if (cluster === undefined) {
    throw new Error("the kubeconfig names no cluster");
  }
  const target = new URL(cluster.cluster.server);
  relay = await Relay.before(target);
  cluster.cluster.server = `https://127.0.0.1:${relay.port}`;
  config = new KubeConfig();
  config.loadFromString(stringify(kubeconfig));
  nightwatch = await startNightwatch({
    config,
    namespace: SYSTEM_NAMESPACE,
    webhookFolder: "/nowhere",
    retentionDays: 90,
    port: 0,
    roundMilliseconds: 300,
    identity: "nightwatch-1",
    lost: () => {},
    log: (_, text) => log.push(text),
  });
}, 10 * MINUTE);

afterAll(async () => {
  await nightwatch?.stop();
  relay?.close();
  await central?.stop();
});

describe("nightwatch beside lanes that cannot be read", () => {
  test("gets ready, and watches and records each of the others", async () => {
    await expect.poll(async () => (await get("/readyz")).status, { timeout: MINUTE }).toBe(200);
    await expect
      .poll(async () => (await records()).map(({ customer }) => customer).toSorted(), { timeout: MINUTE })
      .toEqual(["alpha", "dates", "mars", "numbers", "packed", "results", "typing", "words", "zeta"]);
    for (const customer of ["alpha", "mars", "zeta"]) {
      expect(await metric(`nightlane_steps_waiting{customer="${customer}",state="deciding"}`)).toBe(1);
    }
  });

  test("says of each which it is, and answers every scrape", async () => {
    const unreadable = async (customer: string) => metric(`nightlane_unreadable{customer="${customer}"}`);
    for (const customer of ["dates", "typing", "words", "numbers", "packed", "mars"]) {
      expect(await unreadable(customer), customer).toBe(1);
    }
    expect(await Promise.all(["alpha", "results", "zeta"].map(unreadable))).toEqual([0, 0, 0]);
    expect((await records()).find(({ customer }) => customer === "words")?.problems).toEqual([
      'business-date: got "x", must be a day from 1970-01-01 to 2999-12-31',
    ]);
    expect((await get("/healthz")).status).toBe(200);
  });

  test("has rounds that come to their end, and says so", async () => {
    const first = (await metric("nightlane_nightwatch_last_round_timestamp_seconds")) ?? Number.POSITIVE_INFINITY;
    await expect
      .poll(() => metric("nightlane_nightwatch_last_round_timestamp_seconds"), { timeout: MINUTE })
      .toBeGreaterThan(first);
    expect(await metric("nightlane_nightwatch_round_failures_total")).toBe(0);
  });

  test.each(["schedules", "reapers"])("hears of %s again and again, also while none changes", async (kind) => {
    const heard = () => metric(`nightlane_nightwatch_last_heard_timestamp_seconds{kind="${kind}"}`);
    const first = (await heard()) ?? Number.POSITIVE_INFINITY;
    await expect.poll(heard, { timeout: 2 * MINUTE }).toBeGreaterThan(first);
  });
});

test("goes on from where a connection broke, without listing everything again", async () => {
  const listed = await metric("nightlane_nightwatch_last_list_timestamp_seconds");
  relay.breakAll();
  await expect.poll(() => metric("nightlane_nightwatch_watch_failures_total"), { timeout: MINUTE }).toBeGreaterThan(0);
  const later = nightWorkflow({ ...decision, parameters: { "run-number": "2" } });
  await create("alpha", { ...later, metadata: { ...later.metadata, name: "night-2026-03-31-run-2" } });
  await expect
    .poll(async () => (await records()).filter(({ customer }) => customer === "alpha").length, { timeout: MINUTE })
    .toBe(2);
  expect(await metric("nightlane_nightwatch_last_list_timestamp_seconds")).toBe(listed);
});

test("sees when the leader of the Argo controllers last renewed its lease", async () => {
  await central.kubectl("create", "namespace", CONTROLLER_LEASE.namespace);
  const renewTime = new V1MicroTime(Date.now());
  const { namespace, name } = CONTROLLER_LEASE;
  const admin = new KubeConfig();
  admin.loadFromFile(central.kubeconfig);
  await admin
    .makeApiClient(CoordinationV1Api)
    .createNamespacedLease({ namespace, body: { metadata: { name }, spec: { renewTime } } });
  await expect
    .poll(() => metric("nightlane_controller_renewed_timestamp_seconds"), { timeout: MINUTE })
    .toBe(Math.floor(renewTime.getTime() / 1000));
});
