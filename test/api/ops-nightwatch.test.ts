import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { CoreV1Api, CustomObjectsApi, KubeConfig } from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SYSTEM_NAMESPACE } from "../../constructs/definition/central-cluster.ts";
import { EXECUTOR_SERVICE_ACCOUNT } from "../../constructs/lane/workflow-rbac.ts";
import { NIGHTWATCH_SERVICE_ACCOUNT } from "../../constructs/platform/nightwatch-rbac.ts";
import type { Notification } from "../../nightwatch/notify/webhook.ts";
import { RecordStore } from "../../nightwatch/records/record-store.ts";
import { ExitCode } from "../../ops/exit-code.ts";
import { addDays } from "../../runs/local-time.ts";
import type { RunRecord } from "../../runs/run-record.ts";
import { OpsCluster } from "./ops-support.ts";

const CUSTOMER = "nordbank";
/** Run 1 of 2026-03-31, by the start of that night. */
const NIGHT = `night-${Date.parse("2026-03-31T20:30:00Z") / 1000}`;
const ANNA = "anna@vendor.example";

let cluster: OpsCluster;
let anna: string;
let hook: Server;
const sent: Notification[] = [];
/** The webhook refuses as long as this holds. */
let refuse = true;
let refused = 0;

async function start(): Promise<void> {
  await cluster.startNightwatch({ webhookFolder: cluster.guarded.central.folder.path });
}

async function records(): Promise<readonly RunRecord[]> {
  const config = new KubeConfig();
  config.loadFromFile(cluster.guarded.central.kubeconfig);
  const list: { items: RunRecord[] } = await config.makeApiClient(CustomObjectsApi).listNamespacedCustomObject({
    group: "nightlane.example",
    version: "v1",
    plural: "runrecords",
    namespace: SYSTEM_NAMESPACE,
  });
  return list.items;
}

async function record(): Promise<RunRecord["spec"] | undefined> {
  return (await records()).find(({ spec }) => spec.night === NIGHT)?.spec;
}

async function metrics(): Promise<string> {
  return (await cluster.askNightwatch("/metrics")).text();
}

async function act(verb: string, ...args: readonly string[]): Promise<void> {
  const { code, err } = await cluster.nightlane(anna, verb, CUSTOMER, ...args, "--reason", `test of ${verb}`);
  expect({ code, err }).toMatchObject({ code: 0 });
}

beforeAll(async () => {
  cluster = await OpsCluster.start();
  anna = await cluster.operator(ANNA);
  hook = createServer((request, answer) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => {
      body += text;
    });
    request.on("end", () => {
      if (refuse) {
        refused += 1;
      } else {
        sent.push(JSON.parse(body));
      }
      answer.writeHead(refuse ? 503 : 204).end();
    });
  }).listen(0, "127.0.0.1");
  await once(hook, "listening");
  const { port } = hook.address() as AddressInfo;
  cluster.guarded.central.folder.file("url", `http://127.0.0.1:${port}/hook\n`);
  await start();
});

afterAll(async () => {
  await cluster.stopNightwatch();
  hook?.close();
  await cluster?.stop();
});

describe("nightwatch, with no more than its own rights", () => {
  test("is ready once everything has been listed", async () => {
    expect((await cluster.askNightwatch("/healthz")).status).toBe(200);
    const ready = async (): Promise<number> => (await cluster.askNightwatch("/readyz")).status;
    await expect.poll(ready, { timeout: 120_000 }).toBe(200);
  });

  test("keeps a record of a run from its start", async () => {
    await act("run", "--date", "2026-03-31");
    await expect.poll(record, { timeout: 120_000 }).toMatchObject({
      businessDate: "2026-03-31",
      runNumber: 1,
      purpose: "run",
      phase: "Running",
      variant: "quarter-end",
    });
    const facts = await record();
    // It is long overdue: nobody is called because a night that is being made up for is late.
    expect(facts?.late).toBe(false);
    expect(facts?.inputsBy).toEqual({ at: "2026-03-31T21:30:00.000Z", steps: ["market"] });
    expect(facts?.template).toMatch(/^night-[0-9a-f]{10}$/);
    expect(facts?.images.some((image) => image.includes("/risk@sha256:"))).toBe(true);
    expect(facts?.acts).toMatchObject([{ by: ANNA, verb: "run", reason: "test of run" }]);
  });

  test("has the date of a run that ended before its calendar, which a later run of that date resolves", async () => {
    const { businessDate, ...running } = (await record()) as RunRecord["spec"];
    const date = addDays(new Date().toISOString().slice(0, 10), -40);
    const config = new KubeConfig();
    config.loadFromFile(cluster.guarded.central.kubeconfig);
    const store = new RecordStore({ config, objects: config.makeApiClient(CustomObjectsApi) }, SYSTEM_NAMESPACE);
    const unresolved = async (): Promise<readonly string[]> => {
      const found: string[] = [];
      for await (const { spec } of store.unresolved([])) {
        found.push(spec.night);
      }
      return found;
    };
    const began = `${date}T20:30:00Z`;
    const old = { ...running, expectedDate: date, startedAt: began, finishedAt: began };
    await store.write({ ...old, night: "night-old", uid: "old", phase: "Failed" });
    expect(await unresolved()).toEqual(["night-old"]);
    const heads = await cluster.central.runRecords.heads({ customer: CUSTOMER, dates: [date] });
    expect(heads).toMatchObject([{ name: `${CUSTOMER}.night-old`, businessDate: date, phase: "Failed" }]);
    await store.write({ ...old, businessDate: date, night: "night-later", uid: "later", phase: "Succeeded" });
    expect(await unresolved()).toEqual([]);
    const left: string[] = [];
    for await (const { spec } of store.recent([businessDate ?? ""])) {
      left.push(spec.night);
    }
    expect(left).toEqual([NIGHT]);
    for (const name of ["night-old", "night-later"]) {
      await store.remove(`${CUSTOMER}.${name}`);
    }
  });

  test("keeps attempts, exit codes, remote jobs, result hashes and decisions", async () => {
    const results = { sha256: "a".repeat(64), files: { "spot.csv": "b".repeat(64) } };
    cluster.kubelet.end(CUSTOMER, "market", 1, { exitCode: 0 });
    cluster.kubelet.end(CUSTOMER, "scenarios", 1, { exitCode: 30, message: "Job nl-scenarios was deleted" });
    await cluster.untilStep(CUSTOMER, NIGHT, "scenarios", "deciding");
    cluster.kubelet.end(CUSTOMER, "scenarios", 2, { exitCode: 0, outputs: { results: JSON.stringify(results) } });
    await expect
      .poll(async () => (await record())?.steps.find(({ name }) => name === "scenarios"), { timeout: 120_000 })
      .toMatchObject({
        state: "deciding",
        attempts: [{ number: 1, exitCode: 30, message: expect.stringContaining("was deleted") }],
      });
    // A round writes the records first and measures at its end.
    await expect
      .poll(metrics, { timeout: 120_000 })
      .toContain('nightlane_steps_waiting{customer="nordbank",state="deciding"} 1');
    expect(await metrics()).toContain(
      `nightlane_step_job_lost{customer="nordbank",night="${NIGHT}",step="scenarios"} 1`,
    );
  });

  test("calls a person until the webhook takes it, once, also over a restart of its own", async () => {
    await expect.poll(() => refused, { timeout: 120_000 }).toBeGreaterThan(0);
    refuse = false;
    await expect.poll(() => sent.length, { timeout: 120_000 }).toBe(1);
    expect(sent[0]).toMatchObject({
      kind: "lost",
      customer: CUSTOMER,
      step: "scenarios",
      reason: expect.stringContaining("Job nl-scenarios was deleted"),
      command: `nightlane retry ${CUSTOMER} scenarios --night ${NIGHT} --reason "..."`,
      runbook: expect.stringContaining("docs/operate.md#a-remote-job-is-lost"),
    });
    await expect.poll(async () => (await record())?.notified, { timeout: 120_000 }).toEqual(["lost/scenarios/1"]);
    await cluster.stopNightwatch();
    const asked = await cluster.nightlane(anna, "retry", CUSTOMER, "scenarios", "--reason", "test of retry");
    expect(asked.code).toBe(ExitCode.noEffectYet);
    expect(asked.err).toContain("nightwatch has not taken it");
    await start();
    // What was asked for while nobody was there is carried out when somebody is.
    await cluster.untilStep(CUSTOMER, NIGHT, "revaluation", "running");
    await expect
      .poll(async () => (await record())?.steps.find(({ name }) => name === "scenarios"), { timeout: 120_000 })
      .toMatchObject({ state: "succeeded", attempts: [{ exitCode: 30 }, { exitCode: 0 }] });
    expect((await record())?.acts.map(({ verb, step }) => `${verb} ${step ?? ""}`)).toEqual([
      "run ",
      "retry scenarios",
    ]);
    expect(sent).toHaveLength(1);
  });

  test("keeps the record when the workflow is deleted", async () => {
    await cluster.guarded.central.kubectl("delete", "workflow", NIGHT, "-n", `customer-${CUSTOMER}`);
    await expect.poll(async () => (await record())?.phase, { timeout: 120_000 }).toBe("Gone");
    await expect.poll(() => sent.map(({ kind }) => kind), { timeout: 120_000 }).toEqual(["lost", "failed"]);
  });
});

describe("records", () => {
  test("are read by operators on call and written by nobody but nightwatch", async () => {
    const config = new KubeConfig();
    config.loadFromFile(anna);
    const objects = config.makeApiClient(CustomObjectsApi);
    const place = { group: "nightlane.example", version: "v1", plural: "runrecords", namespace: SYSTEM_NAMESPACE };
    const [first] = await records();
    const name = first?.metadata.name ?? "";
    await expect(objects.getNamespacedCustomObject({ ...place, name })).resolves.toMatchObject({ kind: "RunRecord" });
    await expect(objects.deleteNamespacedCustomObject({ ...place, name })).rejects.toMatchObject({ code: 403 });
    const forged = { ...first, metadata: { name: "nordbank.forged", namespace: SYSTEM_NAMESPACE } };
    await expect(objects.createNamespacedCustomObject({ ...place, body: forged })).rejects.toMatchObject({ code: 403 });
  });

  test.each([EXECUTOR_SERVICE_ACCOUNT, "default"])("are out of reach of a lane's %s", async (account) => {
    const config = new KubeConfig();
    config.loadFromFile(await cluster.serviceAccount(`customer-${CUSTOMER}`, account));
    const objects = config.makeApiClient(CustomObjectsApi);
    const place = { group: "nightlane.example", version: "v1", plural: "runrecords", namespace: SYSTEM_NAMESPACE };
    const [first] = await records();
    const name = first?.metadata.name ?? "";
    const forged = { ...first, metadata: { name: "nordbank.forged", namespace: SYSTEM_NAMESPACE } };
    const refused = { code: 403 };
    await expect(objects.createNamespacedCustomObject({ ...place, body: forged })).rejects.toMatchObject(refused);
    await expect(objects.replaceNamespacedCustomObject({ ...place, name, body: first })).rejects.toMatchObject(refused);
    await expect(objects.deleteNamespacedCustomObject({ ...place, name })).rejects.toMatchObject(refused);
    await expect(objects.listNamespacedCustomObject(place)).rejects.toMatchObject(refused);
  });

  test("are out of nightwatch's reach in the other direction: it changes no lane and reads no Secret", async () => {
    const config = new KubeConfig();
    config.loadFromFile(await cluster.serviceAccount(SYSTEM_NAMESPACE, NIGHTWATCH_SERVICE_ACCOUNT));
    const namespace = `customer-${CUSTOMER}`;
    await expect(
      config.makeApiClient(CoreV1Api).readNamespacedSecret({ namespace, name: "credential" }),
    ).rejects.toMatchObject({ code: 403 });
    await expect(
      config.makeApiClient(CustomObjectsApi).deleteNamespacedCustomObject({
        group: "argoproj.io",
        version: "v1alpha1",
        plural: "cronworkflows",
        namespace,
        name: "night",
      }),
    ).rejects.toMatchObject({ code: 403 });
  });
});
