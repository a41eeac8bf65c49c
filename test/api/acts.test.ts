import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { SYSTEM_NAMESPACE } from "../../constructs/definition/central-cluster.ts";
import { ServerClock } from "../../nightwatch/acts/server-clock.ts";
import type { RunSource } from "../../nightwatch/acts/start-nights.ts";
import { actsOf, type RecordedAct } from "../../runs/act.ts";
import { KEPT_ACTS } from "../../runs/lane-limits.ts";
import { ACT_LIFE, keptActName, NIGHT_ACTS, type NightAct } from "../../runs/night-act.ts";
import type { RunFacts } from "../../runs/run-record.ts";
import { ARGO_CONTROLLER } from "../boundary/argo-pod.ts";
import { until } from "../farm/wait.ts";
import { Api, messageOf } from "../support/api.ts";
import { ActFlood } from "./act-flood.ts";
import { ActStage, ANNA, attempt, decisionOf, NAMESPACE, take } from "./act-stage.ts";

/** Attempts of a flood, and how many of them are made at once. */
const ATTEMPTS = 10_000;
const AT_ONCE = 50;

let stage: ActStage;

beforeAll(async () => {
  stage = await ActStage.start();
});

afterAll(async () => {
  await stage?.stop();
});

describe("acts", () => {
  test("of one moment are carried out in their order", async () => {
    const name = await stage.newNight();
    const acts = [await stage.ask({ verb: "pause", night: name }), await stage.ask({ verb: "resume", night: name })];
    const one = stage.desk();
    for (const act of [...acts].reverse()) {
      one.note(act);
    }
    const settled = { what: "both are settled", limitSeconds: 120 };
    await until(settled, async () =>
      (await Promise.all(acts.map((act) => stage.actNow(act)))).every(({ status }) => status !== undefined),
    );
    await one.end();
    expect((await Promise.all(acts.map((act) => stage.actNow(act)))).map(({ status }) => status?.phase)).toEqual([
      "Done",
      "Done",
    ]);
    expect((await stage.night(name)).spec.suspend).toBeUndefined();
  });

  test("that two nightwatches carry out at once have one effect", async () => {
    const name = await stage.newNight();
    const act = await stage.ask({ verb: "retry", night: name, step: "market", attempt: 1 });
    await Promise.all([take(stage.desk(), act), take(stage.desk(), act)]);
    expect((await stage.actNow(act)).status?.phase).toMatch(/Done|Refused/);
    const workflow = await stage.night(name);
    expect(decisionOf(workflow.status?.nodes, name)).toBe("Succeeded RETRY");
    expect(actsOf(workflow.metadata.annotations).acts.filter(({ verb }) => verb === "retry")).toHaveLength(1);
  });

  test("that nobody carried out in time expire, and change nothing", async () => {
    const name = await stage.newNight();
    const act = await stage.ask({ verb: "pause", night: name });
    await take(
      stage.desk(stage.writer(), () => Date.now() + ACT_LIFE + 2000),
      act,
    );
    expect((await stage.actNow(act)).status).toMatchObject({ phase: "Expired" });
    expect((await stage.night(name)).spec.suspend).toBeUndefined();
  });

  test("are as old as the API server's clock says, however far ahead that of nightwatch is", async () => {
    const said: string[] = [];
    const clock = new ServerClock(
      stage.version,
      (_, text) => void said.push(text),
      () => Date.now() + 2 * ACT_LIFE,
    );
    await clock.compare();
    const act = await stage.ask({ verb: "pause", night: await stage.newNight() });
    await take(stage.desk(stage.writer(), clock.now), act);
    expect((await stage.actNow(act)).status).toMatchObject({ phase: "Done" });
    expect(said).toEqual([expect.stringMatching(/^the clock is \d+ s ahead of that of the API server/)]);
  });

  test.each([
    ["noted on the night", { verb: "pause" }, 1],
    ["noted beside it only", { verb: "hold", step: "report", attempt: 0 }, 1],
  ] as const)(
    "that had their effect, %s, before nightwatch ended are done, however late it is",
    async (_, what, writes) => {
      const name = await stage.newNight();
      const act = await stage.ask({ ...what, night: name });
      await take(stage.desk(stage.endingWriter(writes)), act);
      const later = stage.desk(stage.writer(), () => Date.now() + ACT_LIFE + 2000);
      await take(later, await stage.actNow(act));
      expect((await stage.actNow(act)).status).toMatchObject({ phase: "Done" });
      expect(actsOf((await stage.night(name)).metadata.annotations).acts.map(({ verb }) => verb)).toContain(what.verb);
    },
  );

  test("end a backfill, whose nights run on", async () => {
    const backfill = await stage.ask({ verb: "backfill", date: "2026-01-05", to: "2026-01-09" });
    const one = stage.desk();
    one.note(backfill);
    await one.idle();
    expect((await stage.actNow(backfill)).status).toMatchObject({
      phase: "Accepted",
      nights: [expect.any(String)],
      failed: 0,
    });
    const other = await stage.ask({ verb: "backfill-end", pipeline: "month-end" });
    one.note(other);
    await one.idle();
    expect((await stage.actNow(other)).status).toMatchObject({
      phase: "Refused",
      message: expect.stringMatching(/the backfill that is running is for \w+, not for \w+\/month-end/),
    });
    const end = await stage.ask({ verb: "backfill-end" });
    one.note(end);
    await one.idle();
    const again = await stage.ask({ verb: "backfill-end" });
    one.note(again);
    await one.idle();
    await one.end();
    expect((await stage.actNow(end)).status).toMatchObject({ phase: "Done" });
    expect((await stage.actNow(backfill)).status).toMatchObject({
      phase: "Done",
      message: expect.stringMatching(/^ended by anna@vendor\.example .*1 nights were started, 4 are left/),
    });
    expect((await stage.actNow(again)).status).toMatchObject({ phase: "Refused" });
    const [started = ""] = (await stage.actNow(backfill)).status?.nights ?? [];
    expect((await stage.night(started)).spec.shutdown).toBeUndefined();
  });

  test("end a backfill that could not be begun yet, which then starts nothing", async () => {
    const backfill = await stage.ask({ verb: "backfill", date: "2026-01-12", to: "2026-01-16" });
    const unreadable: RunSource = {
      furtherSchedules: () => 0,
      nextStart: () => undefined,
      runs: async () => {
        throw new Error("the records cannot be read");
      },
      noteAct: async () => {},
    };
    const one = stage.desk(stage.writer(), Date.now, unreadable);
    one.note(backfill);
    await one.idle();
    expect((await stage.actNow(backfill)).status).toBeUndefined();
    const end = await stage.ask({ verb: "backfill-end" });
    await take(one, end);
    expect((await stage.actNow(end)).status).toMatchObject({ phase: "Done" });
    expect((await stage.actNow(backfill)).status).toMatchObject({
      phase: "Done",
      message: expect.stringMatching(/^ended by anna@vendor\.example .*it had not begun$/),
      nights: [],
    });
  });

  test("waive a date that never started on its record, since it has no workflow", async () => {
    const missed = { night: "missed-2026-03-30", phase: "Missed", acts: [] as readonly RecordedAct[] } as RunFacts;
    const suspended = { ...missed, night: "missed-2026-04-01", phase: "Suspended" } as RunFacts;
    const noted: RecordedAct[] = [];
    const source: RunSource = {
      runs: async () => [missed, suspended],
      furtherSchedules: () => 0,
      nextStart: () => undefined,
      noteAct: async (_, act) => void noted.push(act),
    };
    const act = await stage.ask({ verb: "waive", night: missed.night, date: "2026-03-30" });
    await take(stage.desk(stage.writer(), Date.now, source), act);
    expect((await stage.actNow(act)).status).toMatchObject({ phase: "Done" });
    expect(noted).toMatchObject([{ verb: "waive", by: ANNA.user }]);
    const left = await stage.ask({ verb: "waive", night: suspended.night, date: "2026-04-01" });
    await take(stage.desk(stage.writer(), Date.now, source), left);
    expect((await stage.actNow(left)).status).toMatchObject({ phase: "Done" });
    const other = await stage.ask({ verb: "waive", night: "missed-2026-03-31", date: "2026-03-31" });
    await take(stage.desk(stage.writer(), Date.now, source), other);
    expect((await stage.actNow(other)).status).toMatchObject({ phase: "Refused", refusal: "not-found" });
  });

  test("that no longer apply are refused with the reason", async () => {
    const name = await stage.newNight();
    const first = await stage.ask({ verb: "skip", night: name, step: "market", attempt: 1 });
    await take(stage.desk(), first);
    const second = await stage.ask({ verb: "retry", night: name, step: "market", attempt: 1 });
    await take(stage.desk(), second);
    expect((await stage.actNow(second)).status).toMatchObject({ phase: "Refused", refusal: "not-possible" });
    expect(decisionOf((await stage.night(name)).status?.nodes, name)).toBe("Succeeded SKIP");
  });

  test("about an attempt that is over are refused: somebody else was faster", async () => {
    const name = await stage.newNight();
    const act = await stage.ask({ verb: "retry", night: name, step: "market", attempt: 0 });
    await take(stage.desk(), act);
    expect((await stage.actNow(act)).status?.message).toContain("is at attempt 1, and this was asked for attempt 0");
  });

  test("decide a step of a night whose nodes Argo has compressed", async () => {
    const name = await stage.newNight();
    const { status } = await stage.night(name);
    const packed = gzipSync(JSON.stringify(status?.nodes)).toString("base64");
    const path = `/apis/argoproj.io/v1alpha1/namespaces/${NAMESPACE}/workflows/${name}`;
    const body = { status: { nodes: null, compressedNodes: packed } };
    const compressed = await stage.cluster.api.call({ method: "PATCH", path, body, as: ARGO_CONTROLLER });
    expect(messageOf(compressed)).toBe("200");
    const act = await stage.ask({ verb: "retry", night: name, step: "market", attempt: 1 });
    await take(stage.desk(), act);
    expect((await stage.actNow(act)).status).toMatchObject({ phase: "Done" });
    const after = (await stage.night(name)).status?.compressedNodes ?? "";
    const nodes = JSON.parse(gunzipSync(Buffer.from(after, "base64")).toString());
    expect(decisionOf(nodes, name)).toBe("Succeeded RETRY");
    expect(Object.keys(nodes)).toHaveLength(Object.keys(status?.nodes ?? {}).length);
  });

  test("are kept where run records are, with who, why and outcome", async () => {
    const name = await stage.newNight();
    const act = await stage.ask({ verb: "retry", night: name, step: "nosuchstep", attempt: 1 });
    const one = stage.desk();
    one.note(act);
    await one.idle();
    await one.keepCopies();
    await one.keepCopies();
    const copy: NightAct = await stage.objects.getNamespacedCustomObject({
      ...NIGHT_ACTS,
      namespace: SYSTEM_NAMESPACE,
      name: keptActName("nordbank", act.metadata),
    });
    expect(copy.spec).toEqual(act.spec);
    expect(copy.status).toMatchObject({ phase: "Refused", refusal: "not-found" });
  });

  test("that use the name of an earlier act again are carried out and kept beside it", async () => {
    const name = await stage.newNight();
    const first = await stage.ask({ verb: "note", night: name });
    const one = stage.desk();
    one.note(first);
    await one.idle();
    expect(messageOf(await stage.askAgain(first, { verb: "end", night: name }))).toContain("already exists");
    await one.keepCopies();
    await stage.writer().removeAct(first);
    one.forget(first);
    const answer = await stage.askAgain(first, { verb: "end", night: name });
    expect(messageOf(answer)).toBe("201");
    const second = answer.body as NightAct;
    // A removal that comes late finds another act, and leaves it alone.
    await expect(stage.writer().removeAct(first)).rejects.toThrow();
    one.note(second);
    await one.idle();
    await one.keepCopies();
    await one.end();
    // Nobody rewrites a note on a night: what was asked under its name again has to be asked under a new one.
    expect((await stage.actNow(second)).status).toMatchObject({ phase: "Refused" });
    expect((await stage.night(name)).spec.shutdown).toBeUndefined();
    const kept: { readonly items: readonly NightAct[] } = await stage.objects.listNamespacedCustomObject({
      ...NIGHT_ACTS,
      namespace: SYSTEM_NAMESPACE,
    });
    const copies = kept.items.filter(({ metadata }) => metadata.name.includes(first.metadata.name));
    expect(copies.map(({ spec, status }) => `${spec.verb} ${status?.phase}`).sort()).toEqual([
      "end Refused",
      "note Done",
    ]);
  });

  test("about a night of another lane find none", async () => {
    const name = await stage.newNight();
    const act = await stage.ask({ verb: "end", night: name }, ANNA, "test", "customer-alpenkredit");
    await take(stage.desk(), act);
    const now: NightAct = await stage.objects.getNamespacedCustomObject({
      ...NIGHT_ACTS,
      namespace: "customer-alpenkredit",
      name: act.metadata.name,
    });
    expect(now.status).toMatchObject({ phase: "Refused", refusal: "not-found" });
    expect((await stage.night(name)).spec.shutdown).toBeUndefined();
  });

  test("are kept once: a nightwatch that sees the copies makes none of them", async () => {
    const kept = async (): Promise<readonly string[]> => {
      const list: { readonly items: readonly NightAct[] } = await stage.objects.listNamespacedCustomObject({
        ...NIGHT_ACTS,
        namespace: SYSTEM_NAMESPACE,
      });
      return list.items.map(({ metadata }) => metadata.name);
    };
    const act = await stage.ask({ verb: "retry", night: await stage.newNight(), step: "nosuchstep", attempt: 1 });
    const first = stage.desk();
    first.note(act);
    await first.idle();
    await first.keepCopies();
    expect(await kept()).toContain(keptActName("nordbank", act.metadata));
    const second = stage.desk();
    const everywhere: { readonly items: readonly NightAct[] } = await stage.objects.listCustomObjectForAllNamespaces({
      ...NIGHT_ACTS,
      resourcePlural: NIGHT_ACTS.plural,
    });
    for (const one of everywhere.items) {
      second.note(one);
    }
    await second.keepCopies();
    await second.end();
    expect((await kept()).filter((name) => !/^[a-z]+\.act-/.test(name))).toEqual([]);
  });

  test("keep a schedule off until a time, and no longer", async () => {
    const until = new Date(Date.now() + 60_000).toISOString();
    const act = await stage.ask({ verb: "schedule-off", until });
    const writer = stage.writer();
    await take(stage.desk(writer), act);
    expect((await stage.actNow(act)).status).toMatchObject({ phase: "Accepted" });
    expect((await stage.scheduleNow()).spec.suspend).toBe(true);
    await take(
      stage.desk(writer, () => Date.now() + 61_000),
      await stage.actNow(act),
    );
    expect((await stage.actNow(act)).status).toMatchObject({ phase: "Done" });
    expect((await stage.scheduleNow()).spec.suspend).toBeUndefined();
  });

  test("of a nightwatch that slept in between set nothing back that others have done since", async () => {
    const asRead = await stage.scheduleNow();
    await take(stage.desk(), await stage.ask({ verb: "schedule-off" }));
    const late = stage.desk(
      new Proxy(stage.writer(), {
        get: (target, property, receiver) =>
          property === "schedule" ? async () => asRead : Reflect.get(target, property, receiver),
      }),
    );
    const act = await stage.ask({ verb: "schedule-off", until: new Date(Date.now() + 60_000).toISOString() });
    await take(late, act);
    expect((await stage.actNow(act)).status).toBeUndefined();
    expect(late.counters.failures).toBe(1);
    const note = await stage.ask({ verb: "note", night: await stage.newNight() });
    await take(stage.desk(), note);
    await expect(
      stage.writer().writeStatus(note, { phase: "Expired", message: "", at: new Date().toISOString() }),
    ).rejects.toThrow("the object has been modified");
    await take(stage.desk(), await stage.ask({ verb: "schedule-on" }));
  });

  test("leave a schedule as somebody set it after them", async () => {
    const until = new Date(Date.now() + 60_000).toISOString();
    const act = await stage.ask({ verb: "schedule-off", until });
    await take(stage.desk(), act);
    for (const verb of ["schedule-on", "schedule-off"] as const) {
      await take(stage.desk(), await stage.ask({ verb }));
    }
    await take(
      stage.desk(stage.writer(), () => Date.now() + 61_000),
      await stage.actNow(act),
    );
    expect((await stage.actNow(act)).status?.message).toContain("came after it");
    expect((await stage.scheduleNow()).spec.suspend).toBe(true);
    await take(stage.desk(), await stage.ask({ verb: "schedule-on" }));
  });

  test("hide no night that runs, and reach nothing that is not a night", async () => {
    const name = await stage.newNight();
    const waiver = await stage.ask({ verb: "waive", night: name });
    await take(stage.desk(), waiver);
    expect((await stage.actNow(waiver)).status?.message).toContain("has not failed (Running)");
    const reading = await stage.ask({ verb: "read-log", date: "2026-03-30" });
    await take(stage.desk(), reading);
    const reader = (await stage.actNow(reading)).status?.nights?.[0] ?? "";
    const pause = await stage.ask({ verb: "pause", night: reader });
    await take(stage.desk(), pause);
    expect((await stage.actNow(pause)).status?.message).toContain("is not a night");
  });

  test("on a night that is being ended are refused", async () => {
    const name = await stage.newNight();
    await take(stage.desk(), await stage.ask({ verb: "end", night: name }));
    const pause = await stage.ask({ verb: "pause", night: name });
    await take(stage.desk(), pause);
    expect((await stage.actNow(pause)).status?.message).toContain("is being ended");
    expect((await stage.night(name)).spec.suspend).toBeUndefined();
  });

  test("that cannot be carried out leave those about other nights alone", async () => {
    const name = await stage.newNight();
    const wrong = await stage.ask({ verb: "run", date: "1999-01-04" });
    const right = await stage.ask({ verb: "pause", night: name });
    const one = stage.desk();
    one.note(wrong);
    one.note(right);
    await one.idle();
    await one.end();
    expect((await stage.actNow(right)).status).toMatchObject({ phase: "Done" });
    expect((await stage.actNow(wrong)).status).toMatchObject({ phase: "Refused" });
  });

  test("end a night with its exit handler, and never without", async () => {
    const name = await stage.newNight();
    await take(stage.desk(), await stage.ask({ verb: "end", night: name }));
    expect((await stage.night(name)).spec.shutdown).toBe("Stop");
  });
});

describe("a flood of acts by somebody on call", () => {
  test("ends at the quota, holds up no other lane, and is tidied, so that others can ask again", async () => {
    const flooder = { user: "mallory@vendor.example", groups: ANNA.groups };
    const elsewhere = "customer-alpenkredit";
    const night = await stage.newNight();
    const waiting = await stage.newNight(attempt, elsewhere);
    const room = KEPT_ACTS - (await stage.countedActs());
    const api = await Api.fromKubeconfig(stage.cluster.central.kubeconfig, AT_ONCE);
    onTestFinished(() => api.close());
    const flood = new ActFlood(() => api.call(stage.asking({ verb: "note", night }, flooder)));
    const start = Date.now();
    const flooding = flood.run(ATTEMPTS, AT_ONCE);

    await until({ what: "the lane is full", limitSeconds: 120 }, async () => flood.refused.size > 0);
    const about = { verb: "retry", night: waiting, step: "market", attempt: 1 } as const;
    await take(stage.desk(), await stage.ask(about, ANNA, "test", elsewhere));
    expect(decisionOf((await stage.night(waiting, elsewhere)).status?.nodes, waiting)).toBe("Succeeded RETRY");
    expect(flood.made).toBeLessThan(ATTEMPTS);

    await flooding;
    const seconds = (Date.now() - start) / 1000;
    console.log(
      `${flood.made} attempts in ${seconds.toFixed(0)} s, ${flood.taken.length} taken, slowest ${flood.slowest} ms`,
    );
    expect(flood.taken).toHaveLength(room);
    expect([...flood.refused]).toEqual([
      [
        `403 nightacts.nightlane.example <act> is forbidden: exceeded quota: lane, requested: count/nightacts.nightlane.example=1, used: count/nightacts.nightlane.example=${KEPT_ACTS}, limited: count/nightacts.nightlane.example=${KEPT_ACTS}`,
        ATTEMPTS - room,
      ],
    ]);
    expect(await stage.countedActs()).toBe(KEPT_ACTS);

    const other = await stage.ask({ verb: "schedule-off" }, ANNA, "test", elsewhere);
    const one = stage.desk();
    for (const act of [...flood.taken, other]) {
      one.note(act);
    }
    const settledNow = (): number => one.counters.done + one.counters.refused;
    const carriedOut = { what: "the act in the other lane is carried out", limitSeconds: 60 };
    await until(carriedOut, async () => {
      const now: NightAct = await stage.objects.getNamespacedCustomObject({
        ...NIGHT_ACTS,
        namespace: elsewhere,
        name: other.metadata.name,
      });
      return now.status?.phase === "Done";
    });
    expect(settledNow()).toBeLessThan(flood.taken.length / 2);

    await one.idle();
    expect(settledNow()).toBe(flood.taken.length + 1);
    expect(one.isCrowded).toBe(true);
    await one.keepCopies();
    await one.tidy();
    expect(one.isCrowded).toBe(false);

    const asked = { what: "somebody else can ask in the same lane", limitSeconds: 120, everyMilliseconds: 500 };
    let after: NightAct | undefined;
    await until(asked, async () => {
      const answer = await stage.tryToAsk({ verb: "end", night });
      after = answer.status === 201 ? (answer.body as NightAct) : undefined;
      return after !== undefined;
    });
    if (after === undefined) {
      throw new Error("nobody could ask");
    }
    await take(one, after);
    expect((await stage.actNow(after)).status).toMatchObject({ phase: "Done" });
    expect((await stage.night(night)).spec.shutdown).toBe("Stop");
  }, 1_200_000);
});
