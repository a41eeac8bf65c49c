import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SYSTEM_NAMESPACE } from "../../constructs/definition/central-cluster.ts";
import { customerNames } from "../../constructs/definition/customer-files.ts";
import { Central } from "../../ops/central.ts";
import { laneNamespace } from "../../runs/lane-namespace.ts";
import type { RunFacts } from "../../runs/run-record.ts";
import { nextRunNumber } from "../farm/nights/next-run-number.ts";
import { startNight } from "../farm/nights/start-night.ts";
import { FarmPaths, farmRoot } from "../farm/paths.ts";
import { Api } from "../support/api.ts";

/** A Saturday: its night is the calendar alone. */
const CLOSED_DATE = "2026-03-28";
const { centralKubeconfig } = new FarmPaths(farmRoot());
const [customer = ""] = customerNames();
const namespace = laneNamespace(customer);
const central = Central.fromKubeconfig(centralKubeconfig);
const system = `/api/v1/namespaces/${SYSTEM_NAMESPACE}`;

interface ObjectList<Item> {
  readonly items: readonly Item[];
}

let api: Api;
let workflow: string;
let uid: string | undefined;

async function pods(): Promise<readonly string[]> {
  const path = `${system}/pods?labelSelector=app.kubernetes.io%2Fname%3Dnightwatch`;
  const list = await api.find<ObjectList<{ readonly metadata: { readonly name: string } }>>(path);
  return (list?.items ?? []).map(({ metadata }) => metadata.name);
}

/** Name of the pod that leads. */
async function leader(): Promise<string> {
  const path = `/apis/coordination.k8s.io/v1/namespaces/${SYSTEM_NAMESPACE}/leases/nightwatch`;
  return (await api.find<{ readonly spec: { readonly holderIdentity: string } }>(path))?.spec.holderIdentity ?? "";
}

async function record(): Promise<RunFacts | undefined> {
  const path = `/apis/nightlane.example/v1/namespaces/${SYSTEM_NAMESPACE}/runrecords`;
  const list = await api.find<ObjectList<{ readonly spec: RunFacts }>>(path);
  return list?.items.map(({ spec }) => spec).find((facts) => facts.uid === uid);
}

beforeAll(async () => {
  api = await Api.fromKubeconfig(centralKubeconfig);
});

afterAll(() => api?.close());

describe("nightwatch in its pods", () => {
  test("loses the one that leads as a night begins, goes on in the other, and keeps the record of that night", async () => {
    const before = await pods();
    expect(before).toHaveLength(2);
    const leading = await leader();
    expect(before).toContain(leading);
    const runNumber = await nextRunNumber(central, namespace, CLOSED_DATE);
    const night = await startNight(centralKubeconfig, namespace, { businessDate: CLOSED_DATE, runNumber });
    workflow = `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/workflows/${night}`;
    uid = (await api.find<{ readonly metadata: { readonly uid: string } }>(workflow))?.metadata.uid;
    expect((await api.call({ method: "DELETE", path: `${system}/pods/${leading}` })).status).toBe(200);
    await expect
      .poll(record, { timeout: 300_000, interval: 2000 })
      .toMatchObject({ phase: "Succeeded", open: false, businessDate: CLOSED_DATE, runNumber });
    // Its object goes once its kubelet has reported that it ended.
    await expect.poll(pods, { timeout: 60_000, interval: 500 }).not.toContain(leading);
    expect(await leader()).not.toBe(leading);
  });

  test("keeps the record when the night's workflow is deleted", async () => {
    expect((await api.call({ method: "DELETE", path: workflow })).status).toBe(200);
    await expect.poll(() => api.find(workflow), { timeout: 60_000 }).toBeUndefined();
    expect(await record()).toMatchObject({ phase: "Succeeded", open: false });
  });

  test("answers with metrics of every customer", async () => {
    const leading = await leader();
    const metrics = () => api.call({ method: "GET", path: `${system}/pods/${leading}:8080/proxy/metrics` });
    await expect
      .poll(metrics, { timeout: 60_000, interval: 500 })
      .toMatchObject({ status: 200, body: expect.stringContaining("nightlane_night_missed") });
    const { body } = await metrics();
    for (const name of customerNames()) {
      expect(body).toMatch(
        new RegExp(`^nightlane_night_missed\\{customer="${name}"(,business_date="[0-9-]+")?\\} [01]$`, "m"),
      );
    }
    expect(body).toMatch(/^nightlane_nightwatch_record_failures_total 0$/m);
    expect(body).toMatch(/^nightlane_nightwatch_leads 1$/m);
  });

  test("exports nothing about the nights from the standby pod", async () => {
    const leading = await leader();
    const metrics = async () => {
      const other = (await pods()).find((pod) => pod !== leading) ?? "";
      return (await api.call({ method: "GET", path: `${system}/pods/${other}:8080/proxy/metrics` })).body;
    };
    // The pod in place of the one that was deleted may only just have been made.
    await expect.poll(metrics, { timeout: 120_000, interval: 500 }).toMatch(/^nightlane_nightwatch_leads 0$/m);
    const body = await metrics();
    expect(body).not.toContain("nightlane_night_missed");
  });
});
