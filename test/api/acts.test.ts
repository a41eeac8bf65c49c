import { randomBytes } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { gunzipSync, gzipSync } from "node:zlib";
import { CoreV1Api, CustomObjectsApi, KubeConfig } from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { SYSTEM_NAMESPACE } from "../../constructs/definition/central-cluster.ts";
import { NIGHTWATCH_SERVICE_ACCOUNT } from "../../constructs/platform/nightwatch-rbac.ts";
import { ActArchive } from "../../nightwatch/acts/act-archive.ts";
import { ActDesk } from "../../nightwatch/acts/act-desk.ts";
import { LaneWriter } from "../../nightwatch/acts/lane-writer.ts";
import type { RunSource } from "../../nightwatch/acts/start-nights.ts";
import { Leader } from "../../nightwatch/leader.ts";
import { actsOf, type RecordedAct } from "../../runs/act.ts";
import { ORDER_ANNOTATION } from "../../runs/annotations.ts";
import { approvalsAnnotation } from "../../runs/approval.ts";
import { ACT_LIFE, actName, NIGHT_ACTS, type NightAct, type NightActSpec } from "../../runs/night-act.ts";
import type { RunFacts } from "../../runs/run-record.ts";
import type { CronWorkflow } from "../../runs/schedule.ts";
import type { Workflow, WorkflowNode } from "../../runs/workflow.ts";
import { storeNight } from "../boundary/admission/prepare.ts";
import { ARGO_CONTROLLER } from "../boundary/argo-pod.ts";
import { until } from "../farm/wait.ts";
import { messageOf } from "../support/api.ts";
import { GuardedCluster } from "./admission-support.ts";
import { serviceAccountKubeconfig } from "./ops-support.ts";

/**
 * Acts as nightwatch carries them out, with exactly its rights and under all policies, on nights that no controller
 * touches: what an act has written is seen as it is.
 */
const NAMESPACE = "customer-nordbank";
const ANNA = { user: "anna@vendor.example", groups: ["nightlane:oncall", "system:authenticated"] };
const ARGO = { group: "argoproj.io", version: "v1alpha1", namespace: NAMESPACE } as const;
/** Longer than a lease lasts that nobody renews. */
const LEASE_MILLISECONDS = 10_000;
let cluster: GuardedCluster;
let objects: CustomObjectsApi;
let core: CoreV1Api;

beforeAll(async () => {
  cluster = await GuardedCluster.start();
  const config = new KubeConfig();
  config.loadFromFile(await serviceAccountKubeconfig(cluster, SYSTEM_NAMESPACE, NIGHTWATCH_SERVICE_ACCOUNT));
  objects = config.makeApiClient(CustomObjectsApi);
  core = config.makeApiClient(CoreV1Api);
  const counted = { what: "the lane's acts are counted", limitSeconds: 120, everyMilliseconds: 500 };
  const quota = `/api/v1/namespaces/${NAMESPACE}/resourcequotas/lane`;
  await until(counted, async () => {
    const { status } = await cluster.api.get<{ readonly status?: { readonly used?: object } }>(quota);
    return "count/nightacts.nightlane.example" in (status?.used ?? {});
  });
});

afterAll(async () => {
  await cluster?.stop();
});

/** Nightwatch ends before, or right after, one of its writes. */
class EndOfNightwatch extends Error {}

/** A writer that ends after so many writes. */
function endingWriter(writes: number): LaneWriter {
  let left = writes;
  return new Proxy(new LaneWriter(objects, core), {
    get(target, property, receiver) {
      const method: unknown = Reflect.get(target, property, receiver);
      if (typeof method !== "function" || !/^(patch|write|create|order)/.test(String(property))) {
        return method;
      }
      return async (...args: readonly unknown[]): Promise<unknown> => {
        if (left === 0) {
          throw new EndOfNightwatch(`${String(property)} was never sent`);
        }
        left -= 1;
        const result: unknown = await Reflect.apply(method, target, args);
        if (left === 0) {
          throw new EndOfNightwatch(`the answer to ${String(property)} was never read`);
        }
        return result;
      };
    },
  });
}

function desk(
  writer: LaneWriter = new LaneWriter(objects, core),
  clock = Date.now,
  source: RunSource = { runs: async () => [], furtherSchedules: () => 0, noteAct: async () => {} },
): ActDesk {
  const archive = new ActArchive(objects, SYSTEM_NAMESPACE, 90);
  return new ActDesk({ writer, archive, source, clock, log: () => {} });
}

/** Has a desk take an act and do what it can at once. */
async function take(one: ActDesk, act: NightAct): Promise<void> {
  one.note(act);
  await one.idle();
  await one.end();
}

function actsPath(name = ""): string {
  return `/apis/nightlane.example/v1/namespaces/${NAMESPACE}/nightacts${name === "" ? "" : `/${name}`}`;
}

async function ask(spec: Omit<NightActSpec, "by" | "reason">, as = ANNA): Promise<NightAct> {
  const answer = await tryToAsk(spec, as);
  expect(messageOf(answer)).toBe("201");
  return answer.body as NightAct;
}

function tryToAsk(spec: Omit<NightActSpec, "by" | "reason">, as = ANNA): ReturnType<typeof cluster.api.call> {
  const body = {
    apiVersion: "nightlane.example/v1",
    kind: "NightAct",
    metadata: { name: actName(new Date(), randomBytes(3).toString("hex")), namespace: NAMESPACE },
    spec: { ...spec, by: as.user, reason: "test" },
  };
  return cluster.api.call({ method: "POST", path: actsPath(), body, as });
}

async function actNow({ metadata: { name } }: NightAct): Promise<NightAct> {
  return objects.getNamespacedCustomObject({ ...NIGHT_ACTS, namespace: NAMESPACE, name });
}

async function night(name: string): Promise<Workflow> {
  return objects.getNamespacedCustomObject({ ...ARGO, plural: "workflows", name });
}

/** What a test has made takes no room from the others. */
async function remove(name: string): Promise<void> {
  const path = `/apis/argoproj.io/v1alpha1/namespaces/${NAMESPACE}/workflows/${name}`;
  expect(messageOf(await cluster.api.call({ method: "DELETE", path }))).toBe("200");
}

let stored = 0;

/** A night whose step market has failed and waits for a decision, or is at another point. */
async function newNight(nodes = attempt): Promise<string> {
  stored += 1;
  const template = cluster.manifest("nordbank", "WorkflowTemplate");
  const name = `night-acts-${stored}`;
  await storeNight(cluster.api, { namespace: NAMESPACE, template }, name);
  await asArgo(name, { nodes: nodes(name) });
  return name;
}

/** Writes of a night what Argo's controller would. */
async function asArgo(name: string, status: object): Promise<void> {
  const path = `/apis/argoproj.io/v1alpha1/namespaces/${NAMESPACE}/workflows/${name}`;
  const answer = await cluster.api.call({ method: "PATCH", path, body: { status }, as: ARGO_CONTROLLER });
  expect(messageOf(answer)).toBe("200");
}

/** The pod of the attempt of a night, until the test has finished: a lane has room for few. */
async function storePod(workflow: string): Promise<string> {
  const { metadata, ...pod } = cluster.pod(`${workflow}-market`);
  const labels = { ...metadata.labels, "workflows.argoproj.io/workflow": workflow };
  const annotations = { ...metadata.annotations, "workflows.argoproj.io/node-id": `${workflow}-1` };
  const path = `/api/v1/namespaces/${NAMESPACE}/pods`;
  const body = { ...pod, metadata: { ...metadata, labels, annotations } };
  expect(messageOf(await cluster.api.call({ method: "POST", path, body, as: ARGO_CONTROLLER }))).toBe("201");
  onTestFinished(async () => {
    expect(messageOf(await cluster.api.call({ method: "DELETE", path: `${path}/${metadata.name}` }))).toBe("200");
  });
  return metadata.name;
}

/** What Argo has made of a step whose first attempt failed. */
function attempt(workflow: string): Readonly<Record<string, WorkflowNode>> {
  const node = (id: string, more: Partial<WorkflowNode>): readonly [string, WorkflowNode] => [
    id,
    { id, name: id, displayName: id, type: "DAG", phase: "Running", ...more },
  ];
  const decide = `${workflow}-2`;
  return Object.fromEntries([
    node(`${workflow}-10`, { displayName: "market", templateName: "step-exec-1a2b3c" }),
    node(`${workflow}-11`, {
      templateName: "attempt-exec-1a2b3c",
      boundaryID: `${workflow}-10`,
      inputs: { parameters: [{ name: "attempt", value: "1" }] },
    }),
    node(`${workflow}-1`, {
      templateName: "run-exec-1a2b3c",
      type: "Pod",
      phase: "Failed",
      boundaryID: `${workflow}-11`,
    }),
    node(decide, {
      type: "Suspend",
      templateName: "decide",
      boundaryID: `${workflow}-11`,
      inputs: { parameters: [{ name: "job", value: "market" }] },
      outputs: { parameters: [{ name: "decision", valueFrom: { supplied: {} } }] },
    }),
  ]);
}

/** The same before it failed: its runner works. */
function running(workflow: string): Readonly<Record<string, WorkflowNode>> {
  const { [`${workflow}-2`]: _, [`${workflow}-1`]: pod, ...others } = attempt(workflow);
  return { ...others, ...(pod === undefined ? {} : { [pod.id]: { ...pod, phase: "Running" } }) };
}

function decisionOf(nodes: Readonly<Record<string, WorkflowNode>> | undefined, name: string): string {
  const node = nodes?.[`${name}-2`];
  return `${node?.phase} ${node?.outputs?.parameters?.[0]?.value}`;
}

async function scheduleNow(): Promise<CronWorkflow> {
  return objects.getNamespacedCustomObject({ ...ARGO, plural: "cronworkflows", name: "night" });
}

describe("an act that was begun when nightwatch ended", () => {
  test.each([0, 1, 2, 3])("decides a step once, the end after %i writes", async (writes) => {
    const name = await newNight();
    const act = await ask({ verb: "retry", night: name, step: "market", attempt: 1 });
    await take(desk(endingWriter(writes)), act);
    await take(desk(), await actNow(act));
    const workflow = await night(name);
    expect((await actNow(act)).status).toMatchObject({ phase: "Done" });
    expect(decisionOf(workflow.status?.nodes, name)).toBe("Succeeded RETRY");
    expect(actsOf(workflow.metadata.annotations).acts.filter(({ verb }) => verb === "retry")).toHaveLength(1);
  });

  test.each([0, 1, 2, 3, 4])("holds a step once, the end after %i writes", async (writes) => {
    const name = await newNight();
    const act = await ask({ verb: "hold", night: name, step: "report", attempt: 0 });
    await take(desk(endingWriter(writes)), act);
    await take(desk(), await actNow(act));
    expect((await actNow(act)).status).toMatchObject({ phase: "Done" });
    const control = await core.readNamespacedConfigMap({ namespace: NAMESPACE, name: `night-control-${name}` });
    expect(control.data).toEqual({ "hold.report": "yes" });
    expect(actsOf((await night(name)).metadata.annotations).acts.filter(({ verb }) => verb === "hold")).toHaveLength(1);
  });

  test.each([0, 1, 2])("starts a night once, the end after %i writes", async (writes) => {
    const date = `2026-02-0${writes + 2}`;
    const act = await ask({ verb: "run", date });
    await take(desk(endingWriter(writes)), act);
    await take(desk(), await actNow(act));
    const { status } = await actNow(act);
    expect(status).toMatchObject({ phase: "Done", nights: [expect.stringMatching(/^night-\d+$/)] });
    const started = await night(status?.nights?.[0] ?? "");
    expect(actsOf(started.metadata.annotations).acts).toMatchObject([{ verb: "run", by: ANNA.user }]);
  });

  test.each([0, 1, 2])("takes the schedule off once, the end after %i writes", async (writes) => {
    const act = await ask({ verb: "schedule-off" });
    await take(desk(endingWriter(writes)), act);
    await take(desk(), await actNow(act));
    expect((await actNow(act)).status).toMatchObject({ phase: "Done" });
    expect((await scheduleNow()).spec.suspend).toBe(true);
    const on = await ask({ verb: "schedule-on" });
    await take(desk(), on);
    expect((await actNow(on)).status).toMatchObject({ phase: "Done" });
    expect((await scheduleNow()).spec.suspend).toBeUndefined();
  });

  test.each([0, 1, 2, 3, 4])("takes a hold back once, the end after %i writes", async (writes) => {
    const name = await newNight();
    await take(desk(), await ask({ verb: "hold", night: name, step: "report", attempt: 0 }));
    const act = await ask({ verb: "release", night: name, step: "report", attempt: 0 });
    await take(desk(endingWriter(writes)), act);
    await take(desk(), await actNow(act));
    expect((await actNow(act)).status).toMatchObject({ phase: "Done" });
    const control = await core.readNamespacedConfigMap({ namespace: NAMESPACE, name: `night-control-${name}` });
    expect(control.data).toEqual({ "hold.report": "no" });
    const noted = actsOf((await night(name)).metadata.annotations).acts.map(({ verb }) => verb);
    expect(noted.filter((verb) => verb === "release")).toHaveLength(1);
  });

  test.each([0, 1, 2])("reads a kept log once, the end after %i writes", async (writes) => {
    const act = await ask({ verb: "read-log", date: "2026-03-31" });
    await take(desk(endingWriter(writes)), act);
    await take(desk(), await actNow(act));
    expect((await actNow(act)).status).toMatchObject({
      phase: "Done",
      nights: [`reader-${act.metadata.name.slice("act-".length)}`],
    });
  });

  describe.each([
    ["pause", undefined],
    ["end", undefined],
    ["note", undefined],
    ["acknowledge", "market"],
    ["skip", "market"],
    ["abort", "market"],
  ] as const)("%s", (verb, step) => {
    test.each([0, 1, 2, 3])("is carried out and noted once, the end after %i writes", async (writes) => {
      const name = await newNight();
      onTestFinished(() => remove(name));
      const act = await ask({ verb, night: name, ...(step === undefined ? {} : { step, attempt: 1 }) });
      await take(desk(endingWriter(writes)), act);
      await take(desk(), await actNow(act));
      // An abort that is begun again waits for Argo to end the step, and here is none.
      const phases = verb === "abort" ? ["Done", "Accepted"] : ["Done"];
      expect(phases).toContain((await actNow(act)).status?.phase);
      const noted = actsOf((await night(name)).metadata.annotations).acts.map((one) => one.verb);
      expect(noted.filter((one) => one === verb)).toHaveLength(1);
    });
  });

  describe.each(["stop", "restart"] as const)("%s", (verb) => {
    test.each([0, 1, 2, 3])("orders the runner once, the end after %i writes", async (writes) => {
      const name = await newNight(running);
      onTestFinished(() => remove(name));
      const pod = await storePod(name);
      const act = await ask({ verb, night: name, step: "market", attempt: 1 });
      await take(desk(endingWriter(writes)), act);
      await take(desk(), await actNow(act));
      // A restart waits for Argo to end the attempt, and here is none.
      expect((await actNow(act)).status?.phase).toBe(verb === "stop" ? "Done" : "Accepted");
      const path = `/api/v1/namespaces/${NAMESPACE}/pods/${pod}`;
      const { metadata } = await cluster.api.get<Pick<Workflow, "metadata">>(path);
      expect(metadata.annotations).toMatchObject({ [ORDER_ANNOTATION]: "stop" });
      const noted = actsOf((await night(name)).metadata.annotations).acts.map((one) => one.verb);
      expect(noted.filter((one) => one === verb)).toHaveLength(1);
    });
  });

  test.each([0, 1, 2])("waives a failed night once, the end after %i writes", async (writes) => {
    const name = await newNight();
    onTestFinished(() => remove(name));
    await asArgo(name, { phase: "Failed", finishedAt: new Date().toISOString().replace(/\.\d+/, "") });
    const act = await ask({ verb: "waive", night: name });
    await take(desk(endingWriter(writes)), act);
    await take(desk(), await actNow(act));
    expect((await actNow(act)).status).toMatchObject({ phase: "Done" });
    const noted = actsOf((await night(name)).metadata.annotations).acts.map((one) => one.verb);
    expect(noted.filter((one) => one === "waive")).toHaveLength(1);
  });

  test.each([0, 1, 2, 3, 4])("starts each night of a backfill once, the end after %i writes", async (writes) => {
    const [from, to] = [`2025-${writes + 2}-03`, `2025-${writes + 2}-05`].map((day) => day.replace(/-(\d)-/, "-0$1-"));
    const act = await ask({ verb: "backfill", date: from ?? "", to: to ?? "", concurrency: 3 });
    await take(desk(endingWriter(writes)), act);
    const one = desk();
    await take(one, await actNow(act));
    const { nights = [] } = (await actNow(act)).status ?? {};
    expect(nights).toHaveLength(new Set(nights).size);
    for (const started of nights) {
      onTestFinished(() => remove(started));
      expect(actsOf((await night(started)).metadata.annotations).acts).toMatchObject([{ verb: "backfill" }]);
    }
    const end = await ask({ verb: "backfill-end" });
    const last = desk();
    last.note(await actNow(act));
    await take(last, end);
    expect((await actNow(act)).status).toMatchObject({ phase: "Done" });
  });

  test("is not carried out again once it is settled, though its event comes late", async () => {
    const name = await newNight();
    const act = await ask({ verb: "pause", night: name });
    const one = desk();
    one.note(act);
    await until(
      { what: "the night is paused", limitSeconds: 20 },
      async () => (await night(name)).spec.suspend === true,
    );
    await until({ what: "the act is settled", limitSeconds: 20 }, async () => (await actNow(act)).status !== undefined);
    const before = (await actNow(act)).metadata.resourceVersion;
    one.note(act);
    await one.end();
    expect((await actNow(act)).metadata.resourceVersion).toBe(before);
  });
});

describe("a gate that asks for approvals", () => {
  const group = "risk-control";
  const approver = (name: string) => ({ user: `${name}@vendor.example`, groups: [...ANNA.groups, group] });

  /** A night whose gate sign-off waits for two people of risk-control. */
  async function waitingGate(): Promise<string> {
    const name = await newNight();
    const { status } = await night(name);
    const { [`${name}-2`]: decide, ...others } = attempt(name);
    const nodes = Object.entries(others).map(([id, node]) => [
      id,
      {
        ...node,
        ...(node.displayName === "market" ? { displayName: "sign-off" } : {}),
        ...(id === `${name}-1` ? { ...decide, id, name: id, templateName: "run-gate-1a2b3c" } : {}),
      },
    ]);
    const body = {
      status: {
        nodes: { ...Object.fromEntries(nodes), [`${name}-2`]: null },
        storedWorkflowTemplateSpec: {
          ...status?.storedWorkflowTemplateSpec,
          workflowMetadata: { annotations: approvalsAnnotation(new Map([["sign-off", { group, people: 2 }]])) },
        },
      },
    };
    const path = `/apis/argoproj.io/v1alpha1/namespaces/${NAMESPACE}/workflows/${name}`;
    expect(messageOf(await cluster.api.call({ method: "PATCH", path, body, as: ARGO_CONTROLLER }))).toBe("200");
    return name;
  }

  const gateOf = async (name: string): Promise<string> => {
    const node = (await night(name)).status?.nodes?.[`${name}-1`];
    return `${node?.phase} ${node?.outputs?.parameters?.[0]?.value}`;
  };

  async function outcome(spec: Omit<NightActSpec, "by" | "reason">, as = ANNA): Promise<string> {
    const act = await ask(spec, as);
    await take(desk(), act);
    const { phase, message } = (await actNow(act)).status ?? {};
    return `${phase}: ${message}`;
  }

  test("is released by two different members of its group, and by nobody else", async () => {
    const name = await waitingGate();
    const about = { verb: "release", night: name, step: "sign-off", attempt: 1 } as const;
    expect(await outcome(about)).toContain("Refused: release: sign-off of nordbank is released by members of");
    expect(await outcome({ ...about, group }, approver("berta"))).toContain("Done: sign-off is approved by 1 of 2");
    expect(await gateOf(name)).toBe("Running undefined");
    expect(await outcome({ ...about, group }, approver("berta"))).toContain("was approved by berta@vendor.example");
    expect(await outcome({ ...about, group }, approver("carl"))).toContain("Done: sign-off is confirmed");
    expect(await gateOf(name)).toBe("Succeeded CONFIRMED");
  });

  test("takes no act in the name of a group that the requester is not in", async () => {
    const name = await waitingGate();
    const about = { verb: "release", night: name, step: "sign-off", attempt: 1, group } as const;
    expect(messageOf(await tryToAsk(about))).toContain("an act names no group but one of the requester");
    expect(messageOf(await tryToAsk(about, approver("berta")))).toBe("201");
  });

  test("is not left out, and counts each approval once though nightwatch ends in between", async () => {
    const name = await waitingGate();
    const about = { night: name, step: "sign-off", attempt: 1, group } as const;
    expect(await outcome({ ...about, verb: "skip" }, approver("berta"))).toContain("Refused");
    for (const [index, writes] of [1, 2].entries()) {
      const act = await ask({ ...about, verb: "release" }, approver(["dora", "emil"][index] ?? ""));
      await take(desk(endingWriter(writes)), act);
      await take(desk(), await actNow(act));
      expect((await actNow(act)).status).toMatchObject({ phase: "Done" });
    }
    expect(await gateOf(name)).toBe("Succeeded CONFIRMED");
    const { acts } = actsOf((await night(name)).metadata.annotations);
    const released = acts.filter(({ verb }) => verb === "release");
    expect(released.map(({ by, approves }) => [by, approves])).toEqual([
      ["dora@vendor.example", 1],
      ["emil@vendor.example", 1],
    ]);
  });
});

describe("acts", () => {
  test("of one moment are carried out in their order", async () => {
    const name = await newNight();
    const acts = [await ask({ verb: "pause", night: name }), await ask({ verb: "resume", night: name })];
    const one = desk();
    for (const act of [...acts].reverse()) {
      one.note(act);
    }
    const settled = { what: "both are settled", limitSeconds: 30 };
    await until(settled, async () => (await Promise.all(acts.map(actNow))).every(({ status }) => status !== undefined));
    await one.end();
    expect((await Promise.all(acts.map(actNow))).map(({ status }) => status?.phase)).toEqual(["Done", "Done"]);
    expect((await night(name)).spec.suspend).toBeUndefined();
  });

  test("that two nightwatches carry out at once have one effect", async () => {
    const name = await newNight();
    const act = await ask({ verb: "retry", night: name, step: "market", attempt: 1 });
    await Promise.all([take(desk(), act), take(desk(), act)]);
    expect((await actNow(act)).status?.phase).toMatch(/Done|Refused/);
    const workflow = await night(name);
    expect(decisionOf(workflow.status?.nodes, name)).toBe("Succeeded RETRY");
    expect(actsOf(workflow.metadata.annotations).acts.filter(({ verb }) => verb === "retry")).toHaveLength(1);
  });

  test("that nobody carried out in time expire, and change nothing", async () => {
    const name = await newNight();
    const act = await ask({ verb: "pause", night: name });
    await take(
      desk(new LaneWriter(objects, core), () => Date.now() + ACT_LIFE + 2000),
      act,
    );
    expect((await actNow(act)).status).toMatchObject({ phase: "Expired" });
    expect((await night(name)).spec.suspend).toBeUndefined();
  });

  test.each([
    ["noted on the night", { verb: "pause" }, 1],
    ["noted beside it only", { verb: "hold", step: "report", attempt: 0 }, 1],
  ] as const)(
    "that had their effect, %s, before nightwatch ended are done, however late it is",
    async (_, what, writes) => {
      const name = await newNight();
      const act = await ask({ ...what, night: name });
      await take(desk(endingWriter(writes)), act);
      const later = desk(new LaneWriter(objects, core), () => Date.now() + ACT_LIFE + 2000);
      await take(later, await actNow(act));
      expect((await actNow(act)).status).toMatchObject({ phase: "Done" });
      expect(actsOf((await night(name)).metadata.annotations).acts.map(({ verb }) => verb)).toContain(what.verb);
    },
  );

  test("end a backfill, whose nights run on", async () => {
    const backfill = await ask({ verb: "backfill", date: "2026-01-05", to: "2026-01-09" });
    const one = desk();
    one.note(backfill);
    await one.idle();
    expect((await actNow(backfill)).status).toMatchObject({
      phase: "Accepted",
      nights: [expect.any(String)],
      failed: 0,
    });
    const other = await ask({ verb: "backfill-end", pipeline: "month-end" });
    one.note(other);
    await one.idle();
    expect((await actNow(other)).status).toMatchObject({
      phase: "Refused",
      message: expect.stringMatching(/the backfill that is running is that of \w+, not of \w+\/month-end/),
    });
    const end = await ask({ verb: "backfill-end" });
    one.note(end);
    await one.idle();
    const again = await ask({ verb: "backfill-end" });
    one.note(again);
    await one.idle();
    await one.end();
    expect((await actNow(end)).status).toMatchObject({ phase: "Done" });
    expect((await actNow(backfill)).status).toMatchObject({
      phase: "Done",
      message: expect.stringMatching(/^ended by anna@vendor\.example .*1 nights were started, 4 are left/),
    });
    expect((await actNow(again)).status).toMatchObject({ phase: "Refused" });
    const [started = ""] = (await actNow(backfill)).status?.nights ?? [];
    expect((await night(started)).spec.shutdown).toBeUndefined();
  });

  test("end a backfill that could not be begun yet, which then starts nothing", async () => {
    const backfill = await ask({ verb: "backfill", date: "2026-01-12", to: "2026-01-16" });
    const unreadable: RunSource = {
      furtherSchedules: () => 0,
      runs: async () => {
        throw new Error("the records cannot be read");
      },
      noteAct: async () => {},
    };
    const one = desk(new LaneWriter(objects, core), Date.now, unreadable);
    one.note(backfill);
    await one.idle();
    expect((await actNow(backfill)).status).toBeUndefined();
    const end = await ask({ verb: "backfill-end" });
    await take(one, end);
    expect((await actNow(end)).status).toMatchObject({ phase: "Done" });
    expect((await actNow(backfill)).status).toMatchObject({
      phase: "Done",
      message: expect.stringMatching(/^ended by anna@vendor\.example .*it had not begun$/),
      nights: [],
    });
  });

  test("waive a date that never started on its record, since it has no workflow", async () => {
    const missed = { night: "missed-2026-03-30", phase: "Missed", acts: [] as readonly RecordedAct[] } as RunFacts;
    const noted: RecordedAct[] = [];
    const source: RunSource = {
      runs: async () => [missed],
      furtherSchedules: () => 0,
      noteAct: async (_, act) => void noted.push(act),
    };
    const act = await ask({ verb: "waive", night: missed.night, date: "2026-03-30" });
    await take(desk(new LaneWriter(objects, core), Date.now, source), act);
    expect((await actNow(act)).status).toMatchObject({ phase: "Done" });
    expect(noted).toMatchObject([{ verb: "waive", by: ANNA.user }]);
    const other = await ask({ verb: "waive", night: "missed-2026-03-31", date: "2026-03-31" });
    await take(desk(new LaneWriter(objects, core), Date.now, source), other);
    expect((await actNow(other)).status).toMatchObject({ phase: "Refused", refusal: "not-found" });
  });

  test("that no longer apply are refused with the reason", async () => {
    const name = await newNight();
    const first = await ask({ verb: "skip", night: name, step: "market", attempt: 1 });
    await take(desk(), first);
    const second = await ask({ verb: "retry", night: name, step: "market", attempt: 1 });
    await take(desk(), second);
    expect((await actNow(second)).status).toMatchObject({ phase: "Refused", refusal: "not-possible" });
    expect(decisionOf((await night(name)).status?.nodes, name)).toBe("Succeeded SKIP");
  });

  test("about an attempt that is over are refused: somebody else was faster", async () => {
    const name = await newNight();
    const act = await ask({ verb: "retry", night: name, step: "market", attempt: 0 });
    await take(desk(), act);
    expect((await actNow(act)).status?.message).toContain("is at attempt 1, and this was asked for attempt 0");
  });

  test("decide a step of a night whose nodes Argo has compressed", async () => {
    const name = await newNight();
    const { status } = await night(name);
    const packed = gzipSync(JSON.stringify(status?.nodes)).toString("base64");
    const path = `/apis/argoproj.io/v1alpha1/namespaces/${NAMESPACE}/workflows/${name}`;
    const body = { status: { nodes: null, compressedNodes: packed } };
    const compressed = await cluster.api.call({ method: "PATCH", path, body, as: ARGO_CONTROLLER });
    expect(messageOf(compressed)).toBe("200");
    const act = await ask({ verb: "retry", night: name, step: "market", attempt: 1 });
    await take(desk(), act);
    expect((await actNow(act)).status).toMatchObject({ phase: "Done" });
    const after = (await night(name)).status?.compressedNodes ?? "";
    const nodes = JSON.parse(gunzipSync(Buffer.from(after, "base64")).toString());
    expect(decisionOf(nodes, name)).toBe("Succeeded RETRY");
    expect(Object.keys(nodes)).toHaveLength(Object.keys(status?.nodes ?? {}).length);
  });

  test("are kept where run records are, with who, why and outcome", async () => {
    const name = await newNight();
    const act = await ask({ verb: "retry", night: name, step: "nosuchstep", attempt: 1 });
    const one = desk();
    one.note(act);
    await one.idle();
    await one.keepCopies();
    await one.keepCopies();
    const copy: NightAct = await objects.getNamespacedCustomObject({
      ...NIGHT_ACTS,
      namespace: SYSTEM_NAMESPACE,
      name: `nordbank.${act.metadata.name}`,
    });
    expect(copy.spec).toEqual(act.spec);
    expect(copy.status).toMatchObject({ phase: "Refused", refusal: "not-found" });
  });

  test("are kept once: a nightwatch that sees the copies makes none of them", async () => {
    const kept = async (): Promise<readonly string[]> => {
      const list: { readonly items: readonly NightAct[] } = await objects.listNamespacedCustomObject({
        ...NIGHT_ACTS,
        namespace: SYSTEM_NAMESPACE,
      });
      return list.items.map(({ metadata }) => metadata.name);
    };
    const act = await ask({ verb: "retry", night: await newNight(), step: "nosuchstep", attempt: 1 });
    const first = desk();
    first.note(act);
    await first.idle();
    await first.keepCopies();
    expect(await kept()).toContain(`nordbank.${act.metadata.name}`);
    const second = desk();
    const everywhere: { readonly items: readonly NightAct[] } = await objects.listCustomObjectForAllNamespaces({
      ...NIGHT_ACTS,
      resourcePlural: NIGHT_ACTS.plural,
    });
    for (const one of everywhere.items) {
      second.note(one);
    }
    await second.keepCopies();
    await second.end();
    expect((await kept()).filter((name) => !name.startsWith("nordbank.act-"))).toEqual([]);
  });

  test("keep a schedule off until a time, and no longer", async () => {
    const until = new Date(Date.now() + 60_000).toISOString();
    const act = await ask({ verb: "schedule-off", until });
    const writer = new LaneWriter(objects, core);
    await take(desk(writer), act);
    expect((await actNow(act)).status).toMatchObject({ phase: "Accepted" });
    expect((await scheduleNow()).spec.suspend).toBe(true);
    await take(
      desk(writer, () => Date.now() + 61_000),
      await actNow(act),
    );
    expect((await actNow(act)).status).toMatchObject({ phase: "Done" });
    expect((await scheduleNow()).spec.suspend).toBeUndefined();
  });

  test("leave a schedule as somebody set it after them", async () => {
    const until = new Date(Date.now() + 60_000).toISOString();
    const act = await ask({ verb: "schedule-off", until });
    await take(desk(), act);
    for (const verb of ["schedule-on", "schedule-off"] as const) {
      await take(desk(), await ask({ verb }));
    }
    await take(
      desk(new LaneWriter(objects, core), () => Date.now() + 61_000),
      await actNow(act),
    );
    expect((await actNow(act)).status?.message).toContain("came after it");
    expect((await scheduleNow()).spec.suspend).toBe(true);
    await take(desk(), await ask({ verb: "schedule-on" }));
  });

  test("hide no night that runs, and reach nothing that is not a night", async () => {
    const name = await newNight();
    const waiver = await ask({ verb: "waive", night: name });
    await take(desk(), waiver);
    expect((await actNow(waiver)).status?.message).toContain("has not failed (Running)");
    const reading = await ask({ verb: "read-log", date: "2026-03-30" });
    await take(desk(), reading);
    const reader = (await actNow(reading)).status?.nights?.[0] ?? "";
    const pause = await ask({ verb: "pause", night: reader });
    await take(desk(), pause);
    expect((await actNow(pause)).status?.message).toContain("is not a night");
  });

  test("on a night that is being ended are refused", async () => {
    const name = await newNight();
    await take(desk(), await ask({ verb: "end", night: name }));
    const pause = await ask({ verb: "pause", night: name });
    await take(desk(), pause);
    expect((await actNow(pause)).status?.message).toContain("is being ended");
    expect((await night(name)).spec.suspend).toBeUndefined();
  });

  test("that cannot be carried out leave those about other nights alone", async () => {
    const name = await newNight();
    const wrong = await ask({ verb: "run", date: "1999-01-04" });
    const right = await ask({ verb: "pause", night: name });
    const one = desk();
    one.note(wrong);
    one.note(right);
    await one.idle();
    await one.end();
    expect((await actNow(right)).status).toMatchObject({ phase: "Done" });
    expect((await actNow(wrong)).status).toMatchObject({ phase: "Refused" });
  });

  test("end a night with its exit handler, and never without", async () => {
    const name = await newNight();
    await take(desk(), await ask({ verb: "end", night: name }));
    expect((await night(name)).spec.shutdown).toBe("Stop");
  });
});

describe("of two nightwatches", () => {
  const leader = (identity: string): Leader =>
    new Leader({ objects, namespace: SYSTEM_NAMESPACE, name: "nightwatch", identity, log: () => {} });

  test("one leads, and the other takes over when it ends without a word", async () => {
    const [first, second] = [leader("one"), leader("two")];
    const stop = new AbortController();
    expect(await first.won(stop.signal)).toBe(true);
    const waiting = second.won(stop.signal);
    const keeping = new AbortController();
    const kept = first.kept(keeping.signal);
    const still = await Promise.race([
      waiting.then(() => "two leads"),
      wait(LEASE_MILLISECONDS).then(() => "one leads"),
    ]);
    expect(still).toBe("one leads");
    // A process that was killed renews nothing and gives nothing back.
    vi.spyOn(objects, "replaceNamespacedCustomObject").mockImplementationOnce(() =>
      Promise.reject(new Error("killed")),
    );
    keeping.abort();
    expect(await kept).toBe(true);
    expect(await waiting).toBe(true);
    stop.abort();
  });

  test("the other takes over at once where the first gives its lease back", async () => {
    const [first, second] = [leader("two"), leader("three")];
    const stop = new AbortController();
    expect(await first.won(stop.signal)).toBe(true);
    const ended = new AbortController();
    ended.abort();
    expect(await first.kept(ended.signal)).toBe(true);
    expect(await second.won(stop.signal)).toBe(true);
  });
});
