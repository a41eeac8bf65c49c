import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { actsOf } from "../../runs/act.ts";
import { ORDER_ANNOTATION } from "../../runs/annotations.ts";
import type { Workflow } from "../../runs/workflow.ts";
import { until } from "../farm/wait.ts";
import { ActStage, ANNA, decisionOf, NAMESPACE, running, take } from "./act-stage.ts";

let stage: ActStage;

beforeAll(async () => {
  stage = await ActStage.start();
});

afterAll(async () => {
  await stage?.stop();
});

describe("an act that was begun when nightwatch ended", () => {
  test.each([0, 1, 2, 3])("decides a step once, the end after %i writes", async (writes) => {
    const name = await stage.newNight();
    const act = await stage.ask({ verb: "retry", night: name, step: "market", attempt: 1 });
    await take(stage.desk(stage.endingWriter(writes)), act);
    await take(stage.desk(), await stage.actNow(act));
    const workflow = await stage.night(name);
    expect((await stage.actNow(act)).status).toMatchObject({ phase: "Done" });
    expect(decisionOf(workflow.status?.nodes, name)).toBe("Succeeded RETRY");
    expect(actsOf(workflow.metadata.annotations).acts.filter(({ verb }) => verb === "retry")).toHaveLength(1);
  });

  test.each([0, 1, 2, 3, 4])("holds a step once, the end after %i writes", async (writes) => {
    const name = await stage.newNight();
    const act = await stage.ask({ verb: "hold", night: name, step: "report", attempt: 0 });
    await take(stage.desk(stage.endingWriter(writes)), act);
    await take(stage.desk(), await stage.actNow(act));
    expect((await stage.actNow(act)).status).toMatchObject({ phase: "Done" });
    const control = await stage.core.readNamespacedConfigMap({ namespace: NAMESPACE, name: `night-control-${name}` });
    expect(control.data).toEqual({ "hold.report": "yes" });
    expect(
      actsOf((await stage.night(name)).metadata.annotations).acts.filter(({ verb }) => verb === "hold"),
    ).toHaveLength(1);
  });

  test.each([0, 1, 2])("starts a night once, the end after %i writes", async (writes) => {
    const date = `2026-02-0${writes + 2}`;
    const act = await stage.ask({ verb: "run", date });
    await take(stage.desk(stage.endingWriter(writes)), act);
    await take(stage.desk(), await stage.actNow(act));
    const { status } = await stage.actNow(act);
    expect(status).toMatchObject({ phase: "Done", nights: [expect.stringMatching(/^night-\d+$/)] });
    const started = await stage.night(status?.nights?.[0] ?? "");
    expect(actsOf(started.metadata.annotations).acts).toMatchObject([{ verb: "run", by: ANNA.user }]);
  });

  test.each([0, 1, 2])("takes the schedule off once, the end after %i writes", async (writes) => {
    const act = await stage.ask({ verb: "schedule-off" });
    await take(stage.desk(stage.endingWriter(writes)), act);
    await take(stage.desk(), await stage.actNow(act));
    expect((await stage.actNow(act)).status).toMatchObject({ phase: "Done" });
    expect((await stage.scheduleNow()).spec.suspend).toBe(true);
    const on = await stage.ask({ verb: "schedule-on" });
    await take(stage.desk(), on);
    expect((await stage.actNow(on)).status).toMatchObject({ phase: "Done" });
    expect((await stage.scheduleNow()).spec.suspend).toBeUndefined();
  });

  test.each([0, 1, 2, 3, 4])("takes a hold back once, the end after %i writes", async (writes) => {
    const name = await stage.newNight();
    await take(stage.desk(), await stage.ask({ verb: "hold", night: name, step: "report", attempt: 0 }));
    const act = await stage.ask({ verb: "release", night: name, step: "report", attempt: 0 });
    await take(stage.desk(stage.endingWriter(writes)), act);
    await take(stage.desk(), await stage.actNow(act));
    expect((await stage.actNow(act)).status).toMatchObject({ phase: "Done" });
    const control = await stage.core.readNamespacedConfigMap({ namespace: NAMESPACE, name: `night-control-${name}` });
    expect(control.data).toEqual({ "hold.report": "no" });
    const noted = actsOf((await stage.night(name)).metadata.annotations).acts.map(({ verb }) => verb);
    expect(noted.filter((verb) => verb === "release")).toHaveLength(1);
  });

  test.each([0, 1, 2])("reads a kept log once, the end after %i writes", async (writes) => {
    const act = await stage.ask({ verb: "read-log", date: "2026-03-31" });
    await take(stage.desk(stage.endingWriter(writes)), act);
    await take(stage.desk(), await stage.actNow(act));
    expect((await stage.actNow(act)).status).toMatchObject({
      phase: "Done",
      nights: [`reader-${act.metadata.name.slice("act-".length)}`],
    });
  });

  describe.each([
    ["pause", undefined],
    ["end", undefined],
    ["note", undefined],
    ["acknowledge", undefined],
    ["skip", "market"],
    ["abort", "market"],
  ] as const)("%s", (verb, step) => {
    test.each([0, 1, 2, 3])("is carried out and noted once, the end after %i writes", async (writes) => {
      const name = await stage.newNight();
      onTestFinished(() => stage.remove(name));
      const act = await stage.ask({ verb, night: name, ...(step === undefined ? {} : { step, attempt: 1 }) });
      await take(stage.desk(stage.endingWriter(writes)), act);
      await take(stage.desk(), await stage.actNow(act));
      // An abort that is begun again waits for Argo to end the step, and here is none.
      const phases = verb === "abort" ? ["Done", "Accepted"] : ["Done"];
      expect(phases).toContain((await stage.actNow(act)).status?.phase);
      const noted = actsOf((await stage.night(name)).metadata.annotations).acts.map((one) => one.verb);
      expect(noted.filter((one) => one === verb)).toHaveLength(1);
    });
  });

  describe.each(["stop", "restart"] as const)("%s", (verb) => {
    test.each([0, 1, 2, 3])("orders the runner once, the end after %i writes", async (writes) => {
      const name = await stage.newNight(running);
      onTestFinished(() => stage.remove(name));
      const pod = await stage.storePod(name);
      const act = await stage.ask({ verb, night: name, step: "market", attempt: 1 });
      await take(stage.desk(stage.endingWriter(writes)), act);
      await take(stage.desk(), await stage.actNow(act));
      // A restart waits for Argo to end the attempt, and here is none.
      expect((await stage.actNow(act)).status?.phase).toBe(verb === "stop" ? "Done" : "Accepted");
      const path = `/api/v1/namespaces/${NAMESPACE}/pods/${pod}`;
      const { metadata } = await stage.cluster.api.get<Pick<Workflow, "metadata">>(path);
      expect(metadata.annotations).toMatchObject({ [ORDER_ANNOTATION]: "stop" });
      const noted = actsOf((await stage.night(name)).metadata.annotations).acts.map((one) => one.verb);
      expect(noted.filter((one) => one === verb)).toHaveLength(1);
    });
  });

  test.each([0, 1, 2])("waives a failed night once, the end after %i writes", async (writes) => {
    const name = await stage.newNight();
    onTestFinished(() => stage.remove(name));
    await stage.asArgo(name, { phase: "Failed", finishedAt: new Date().toISOString().replace(/\.\d+/, "") });
    const act = await stage.ask({ verb: "waive", night: name });
    await take(stage.desk(stage.endingWriter(writes)), act);
    await take(stage.desk(), await stage.actNow(act));
    expect((await stage.actNow(act)).status).toMatchObject({ phase: "Done" });
    const noted = actsOf((await stage.night(name)).metadata.annotations).acts.map((one) => one.verb);
    expect(noted.filter((one) => one === "waive")).toHaveLength(1);
  });

  test.each([0, 1, 2, 3, 4])("starts each night of a backfill once, the end after %i writes", async (writes) => {
    const [from, to] = [`2025-${writes + 2}-03`, `2025-${writes + 2}-05`].map((day) => day.replace(/-(\d)-/, "-0$1-"));
    const act = await stage.ask({ verb: "backfill", date: from ?? "", to: to ?? "", concurrency: 3 });
    await take(stage.desk(stage.endingWriter(writes)), act);
    const one = stage.desk();
    await take(one, await stage.actNow(act));
    const { nights = [] } = (await stage.actNow(act)).status ?? {};
    expect(nights).toHaveLength(new Set(nights).size);
    for (const started of nights) {
      onTestFinished(() => stage.remove(started));
      expect(actsOf((await stage.night(started)).metadata.annotations).acts).toMatchObject([{ verb: "backfill" }]);
    }
    const end = await stage.ask({ verb: "backfill-end" });
    const last = stage.desk();
    last.note(await stage.actNow(act));
    await take(last, end);
    expect((await stage.actNow(act)).status).toMatchObject({ phase: "Done" });
  });

  test("is not carried out again once it is settled, though its event comes late", async () => {
    const name = await stage.newNight();
    const act = await stage.ask({ verb: "pause", night: name });
    const one = stage.desk();
    one.note(act);
    await until(
      { what: "the night is paused", limitSeconds: 120 },
      async () => (await stage.night(name)).spec.suspend === true,
    );
    await until(
      { what: "the act is settled", limitSeconds: 120 },
      async () => (await stage.actNow(act)).status !== undefined,
    );
    const before = (await stage.actNow(act)).metadata.resourceVersion;
    one.note(act);
    await one.end();
    expect((await stage.actNow(act)).metadata.resourceVersion).toBe(before);
  });
});
