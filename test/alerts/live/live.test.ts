import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { Notification } from "../../../nightwatch/notify/webhook.ts";
import { until } from "../../farm/wait.ts";
import { noteSituations } from "../tally.ts";
import { callKey, receivedCalls } from "./calls.ts";
import { Evening } from "./lanes.ts";
import { type Alertmanager, checkRouting, documentedRouting } from "./monitoring.ts";
import { type LiveCall, type Situation, situations } from "./situations.ts";
import { CONTROLLER_INSTANCE, World } from "./world.ts";

/** How long a call may take: the longest waits for a night's minute to pass. */
const LIMIT_SECONDS = 420;

/** What happens to the platform itself, beside the situations of customers. Only Prometheus sees it. */
const REFUSED: LiveCall = {
  alert: "NightlaneControllerErrors",
  cause: "CronWorkflowSubmissionError",
  severity: "warning",
};
const CONTROLLER_GONE: LiveCall = { alert: "NightlaneControllerSilent", severity: "critical" };
const WEBHOOK_HANGS: LiveCall = { alert: "NightlaneNotificationsNotTaken", severity: "critical" };

let world: World;
let tried: readonly Situation[];

const key = ({ alert, customer, step, cause, severity }: LiveCall): string =>
  callKey({
    alertname: alert,
    severity,
    ...Object.fromEntries(Object.entries({ customer, step, cause }).filter(([, value]) => value !== undefined)),
  });
const callsOf = (wanted: readonly Situation[]): readonly string[] =>
  wanted.flatMap(({ customers, call }) =>
    call === undefined ? [] : customers.map((customer) => key({ ...call, customer })),
  );
const expected = (): readonly string[] =>
  [...callsOf(tried), ...[REFUSED, CONTROLLER_GONE, WEBHOOK_HANGS].map(key)].sort();
const expectedDirect = (): readonly string[] => callsOf(tried.filter(({ direct }) => direct)).toSorted();

const calls = (alertmanager: Alertmanager) => receivedCalls(alertmanager.notifications);
const openOf = (alertmanager: Alertmanager): readonly string[] =>
  [...calls(alertmanager).values()].filter(({ opened, resolved }) => opened > resolved).map((call) => call.key);

async function untilCalled(alertmanager: Alertmanager, wanted: readonly string[]): Promise<void> {
  const missing = (): readonly string[] => wanted.filter((one) => !calls(alertmanager).has(one));
  await until({ what: "every call has come", limitSeconds: LIMIT_SECONDS }, async () => {
    return missing().length === 0;
  }).catch((error: Error) => {
    throw new Error(`${error.message}\nmissing: ${missing().join(", ")}`);
  });
}

/** Waits for as long as monitoring would need to deliver any pending call. */
async function untilItWouldHaveCome(): Promise<void> {
  const before = world.alertmanager.heartbeats;
  // The sign of life comes every three seconds, and the first call of a group after thirty.
  await until({ what: "monitoring has been quiet for a while", limitSeconds: 240 }, async () => {
    return world.alertmanager.heartbeats >= before + 14;
  });
}

async function untilWatched(count: number): Promise<void> {
  await until({ what: `Prometheus has the series of ${count} customers`, limitSeconds: 120 }, async () => {
    return (await world.prometheus.value("count(nightlane_night_running)")) === count;
  });
}

beforeAll(async () => {
  world = await World.start();
  tried = situations(new Evening(Date.now()));
  const namespaces = tried
    .flatMap(({ customers }) => customers)
    .map((customer) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name: `customer-${customer}` } }));
  await world.apply(namespaces);
  await world.apply(tried.flatMap(({ customers, before }) => customers.flatMap(before)));
  await world.startController();
  await world.startNightwatch();
  await world.startPrometheus();
}, 600_000);

afterAll(async () => {
  await world?.stop();
});

describe("the path of a call", () => {
  test("accepts the documented routing", async () => {
    expect(await checkRouting(documentedRouting(), world.api.folder.path)).toContain("SUCCESS");
  });

  test("is quiet while all nights go well, except for the sign of life", async () => {
    await untilWatched(
      tried
        .filter(({ before, customers }) => customers.flatMap(before).length > 0)
        .flatMap(({ customers }) => customers).length,
    );
    await untilItWouldHaveCome();
    expect([...calls(world.alertmanager).keys()]).toEqual([]);
    expect([...calls(world.direct).keys()]).toEqual([]);
    expect(world.direct.heartbeats).toBeGreaterThan(0);
  }, 600_000);

  test("keeps records and metrics while the webhook hangs", async () => {
    world.webhook.answers = undefined;
    const begun = Date.now();
    await world.apply(tried.flatMap(({ customers, trouble }) => customers.flatMap(trouble)));
    await until({ what: "the webhook was tried", limitSeconds: 60 }, async () => world.webhook.received.length > 0);
    await until({ what: "the failed night is recorded", limitSeconds: 60 }, async () => {
      const path = '{.items[?(@.spec.customer=="failedbank")].spec.phase}';
      return (
        (await world.api.kubectl("get", "runrecords", "-n", "nightlane-system", "-o", `jsonpath=${path}`)) === "Failed"
      );
    });
    await until({ what: "the failed night is exported", limitSeconds: 60 }, async () => {
      return (await world.prometheus.value('nightlane_night_failed{customer="failedbank"}')) === 1;
    });
    // Four at once, each given up after ten seconds.
    const rounds = 2 + Math.floor((Date.now() - begun) / 10_000);
    expect(world.webhook.received.length).toBeLessThanOrEqual(4 * rounds);
  }, 300_000);

  test("calls for everything that happens, and for nothing else", async () => {
    await world.apply(refused);
    await untilCalled(world.alertmanager, [key(REFUSED), key(WEBHOOK_HANGS)]);
    world.webhook.answers = 204;
    await world.killController();
    await untilCalled(world.alertmanager, expected());
    await untilCalled(world.direct, expectedDirect());
    expect([...calls(world.alertmanager).keys()].sort()).toEqual(expected());
    expect([...calls(world.direct).keys()].sort()).toEqual(expectedDirect());
  }, 900_000);

  test("makes one call for an outage that stops forty customers", () => {
    for (const alertmanager of [world.alertmanager, world.direct]) {
      const outage = [...calls(alertmanager).values()].filter((call) => call.key.includes("StepNeedsDecision"));
      expect(outage.map(({ together }) => together)).toEqual(outage.map(() => 40));
    }
  });

  test("names in each call who it is for, what is wrong, what to type and where to read more", () => {
    for (const call of [...calls(world.alertmanager).values(), ...calls(world.direct).values()]) {
      expect(call.receiver).toBe(call.key.endsWith("critical") ? "on-call" : "morning");
      expect(call.annotations).toMatchObject({
        summary: expect.stringMatching(/\.$/),
        command: expect.stringMatching(/^(nightlane|kubectl) /),
        runbook_url: expect.stringMatching(/operate\.md#[a-z-]+$/),
      });
    }
    const [lost] = [...calls(world.direct).values()].filter((call) => call.key.includes("NightlaneJobLost"));
    expect(lost?.annotations.description).toContain("‹!channel› the API server is away");
  });

  test("goes on silently over a restart of nightwatch", async () => {
    await until({ what: "the webhook works again", limitSeconds: 120 }, async () => {
      return !openOf(world.alertmanager).includes(key(WEBHOOK_HANGS));
    });
    const before = openOf(world.alertmanager);
    const directBefore = openOf(world.direct);
    await world.stopNightwatch();
    await until({ what: "nightwatch has been away for a while", limitSeconds: 120 }, async () => {
      return (await world.prometheus.value('sum_over_time((1 - up{job="nightwatch"})[5m:1s])')) >= 15;
    });
    await world.startNightwatch();
    await untilWatched(tried.flatMap(({ customers }) => customers).length);
    await untilItWouldHaveCome();
    expect(openOf(world.alertmanager)).toEqual(before);
    expect(openOf(world.direct)).toEqual(directBefore);
    expect([...calls(world.alertmanager).values()].map(({ opened }) => opened)).toEqual(expected().map(() => 1));
  }, 600_000);

  test("sends the plain webhook everything once", () => {
    const taken = world.webhook.received.slice(-expectedDirect().length);
    const sent = taken.map(({ body }) => JSON.parse(body) as Notification);
    const subjects = sent.map(({ customer, kind, step }) => `${customer} ${kind} ${step ?? ""}`);
    expect(new Set(subjects).size).toBe(expectedDirect().length);
    expect(sent.every(({ text }) => !/[<>]/.test(text))).toBe(true);
  });

  test("reports each as over once, when it is fixed", async () => {
    await world.api.kubectl("delete", "cronworkflow", "refused", "-n", "refused");
    await world.startController();
    await world.apply(tried.flatMap(({ customers, fixed }) => customers.flatMap(fixed)));
    await until({ what: "every call is over", limitSeconds: 300 }, async () => {
      return openOf(world.alertmanager).length === 0 && openOf(world.direct).length === 0;
    });
    const ends = [...calls(world.alertmanager).values(), ...calls(world.direct).values()];
    expect(ends.filter(({ opened, resolved }) => opened !== 1 || resolved !== 1)).toEqual([]);
    expect([...calls(world.alertmanager).keys()].sort()).toEqual(expected());
    expect([...calls(world.direct).keys()].sort()).toEqual(expectedDirect());
    for (const [alertmanager, wanted] of [
      [world.alertmanager, expected()],
      [world.direct, expectedDirect()],
    ] as const) {
      const received = [...calls(alertmanager).values()];
      noteSituations(inject("tally"), {
        situations: 0,
        expected: wanted.length,
        received: received.reduce((sum, { opened }) => sum + opened, 0),
        false: received.filter((call) => !wanted.includes(call.key)).length,
      });
    }
    // The customers' situations, those of the platform, the restart, the hanging webhook and the quiet before.
    noteSituations(inject("tally"), { situations: tried.length + 5, expected: 0, received: 0, false: 0 });
  }, 600_000);
});

/** A schedule of the real controller's own, each minute, in a namespace whose quota has no room for what it starts. */
const refused = [
  { apiVersion: "v1", kind: "Namespace", metadata: { name: "refused" } },
  {
    apiVersion: "v1",
    kind: "ResourceQuota",
    metadata: { name: "none", namespace: "refused" },
    spec: { hard: { "count/workflows.argoproj.io": "0" } },
  },
  {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "WorkflowTemplate",
    metadata: { name: "wait", namespace: "refused" },
    spec: { entrypoint: "wait", templates: [{ name: "wait", suspend: {} }] },
  },
  {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "CronWorkflow",
    metadata: {
      name: "refused",
      namespace: "refused",
      labels: { "workflows.argoproj.io/controller-instanceid": CONTROLLER_INSTANCE },
    },
    spec: { schedules: ["* * * * *"], workflowSpec: { workflowTemplateRef: { name: "wait" } } },
  },
];
