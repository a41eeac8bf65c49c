import type { CronWorkflow } from "../../../runs/schedule.ts";
import type { Workflow, WorkflowNode } from "../../../runs/workflow.ts";
import { node } from "../../unit/ops/support/night-workflow.ts";
import { type ExpectedCall, stands } from "../expected-call.ts";
import type { Situation } from "../situation.ts";
import type { Timeline } from "../timeline.ts";
import {
  CRON,
  CUSTOMER,
  critical,
  days,
  EVENING,
  evening,
  inTheEvening,
  market,
  night,
  nightOf,
  OTHER,
  of,
  since,
  warning,
} from "./lane.ts";

/** Of the lane's reaper. */
const REAPER: CronWorkflow = { ...CRON, metadata: { ...CRON.metadata, name: "reaper", annotations: {} } };
const suspended: CronWorkflow = { ...CRON, spec: { ...CRON.spec, suspend: true } };
const unreadable: CronWorkflow = { ...OTHER, spec: { ...OTHER.spec, timezone: "Mars/Base" } };
const refused = (status: string): CronWorkflow => ({
  ...CRON,
  status: { conditions: [{ type: "SubmissionError", status, message: "denied request" }] },
});

/** What the reaper of a customer saw of the lane's results volume, in percent. */
function reaper(time: string, percent: number): Workflow {
  const outputs = { parameters: [{ name: "lane-used", value: String(percent) }] };
  return reaperOf(time, "Succeeded", node("tidy-1", "tidy", "Pod", "Succeeded", { finishedAt: time, outputs }));
}

const failedReaper = (time: string): Workflow =>
  reaperOf(time, "Failed", node("tidy-1", "tidy", "Pod", "Failed", { finishedAt: time }));

function reaperOf(time: string, phase: "Succeeded" | "Failed", tidy: WorkflowNode): Workflow {
  const reap = node("reap-1", "reap", "Pod", phase, { finishedAt: time });
  return {
    metadata: { name: `reaper-${time}`, namespace: `customer-${CUSTOMER}`, uid: `reaper-${time}` },
    spec: {},
    status: { phase, startedAt: time, finishedAt: time, nodes: { [reap.id]: reap, [tidy.id]: tidy } },
  };
}

/** Days in which each night has found when the token ends. */
async function nightsWithToken(timeline: Timeline, first: string, ends: readonly string[]): Promise<void> {
  const dates = days(first, ends.length);
  const nights = [nightOf(days(first, 1)[0] ?? "", { nodes: [] })].slice(1);
  timeline.schedule(since(`${first}T12:00:00Z`));
  for (const [index, date] of dates.entries()) {
    await timeline.passUntil(`${date}T20:30:00Z`);
    nights.push(withToken(nightOf(date), ends[index] ?? ""));
    await timeline.list(...nights);
  }
}

function withToken(workflow: Workflow, end: string): Workflow {
  const date = workflow.metadata.name.slice("night-".length, "night-YYYY-MM-DD".length);
  const parameters = Object.entries({
    "business-date": date,
    open: "yes",
    variant: "regular",
    "credential-ends": `token=${end} authority=2035-01-01T00:00:00Z`,
  }).map(([name, value]) => ({ name, value }));
  const calendar = node("calendar", "calendar", "Pod", "Succeeded", { outputs: { parameters } });
  return { ...workflow, status: { ...workflow.status, nodes: { [calendar.id]: calendar } } };
}

const END = "2026-04-20T00:00:00Z";
const NEXT = "2027-04-20T00:00:00Z";
const credential = (count: number, severity: ExpectedCall["severity"]): ExpectedCall => ({
  alert: "NightlaneCredentialEnds",
  customer: CUSTOMER,
  part: "token",
  days: String(count),
  severity,
});

/** A token that ends on 20 April, and a new one that the night of a date has found. */
function tokenUntil(
  title: string,
  first: string,
  renewedBy: string,
  more: Pick<Situation, "calls" | "nearly">,
): Situation {
  const count = Math.round((Date.parse(renewedBy) - Date.parse(first)) / (24 * 3600_000));
  return {
    title,
    start: `${first}T20:00:00Z`,
    step: 30,
    happens: async (timeline) => {
      await nightsWithToken(timeline, first, [...Array.from({ length: count }, () => END), NEXT]);
      await timeline.pass(300);
    },
    ...more,
  };
}

/** What people are called for in a lane besides its nights. */
export const LANE_SITUATIONS: readonly Situation[] = [
  inTheEvening({
    title: "a schedule that somebody removes, for a moment and then for longer",
    happens: async (timeline) => {
      await timeline.pass(10);
      timeline.schedule();
      await timeline.pass(14);
      timeline.schedule(CRON);
      await timeline.pass(10);
      timeline.schedule();
      await timeline.pass(30);
      timeline.schedule(CRON);
      await timeline.pass(5);
    },
    calls: [warning("NightlaneLaneUnscheduled")],
  }),
  inTheEvening({
    title: "a schedule that somebody suspends while no night is due: it is meant",
    happens: async (timeline) => {
      await timeline.pass(10);
      timeline.schedule(suspended);
      await timeline.pass(60);
      timeline.schedule(CRON);
      await timeline.pass(5);
    },
  }),
  {
    title: "a schedule that somebody suspends over the start of a night, until it is on again and that night is run",
    start: "2026-04-01T20:00:00Z",
    happens: async (timeline) => {
      await evening(timeline, nightOf("2026-03-31"));
      await timeline.pass(10);
      timeline.schedule(suspended);
      await timeline.pass(50);
      timeline.schedule(CRON);
      await timeline.pass(15);
      await timeline.list(nightOf("2026-03-31"), nightOf("2026-04-01", { nodes: market }));
      await timeline.pass(15);
    },
    calls: [warning("NightlaneLaneUnscheduled")],
  },
  {
    title: "a schedule that somebody suspends over the starts of two nights, until both are run",
    start: "2026-03-31T20:00:00Z",
    step: 5,
    happens: async (timeline) => {
      await evening(timeline, nightOf("2026-03-30"));
      await timeline.pass(10);
      timeline.schedule(suspended);
      await timeline.passUntil("2026-04-01T21:30:00Z");
      timeline.schedule(CRON);
      await timeline.pass(15);
      await timeline.list(nightOf("2026-03-31"), nightOf("2026-04-01"));
      await timeline.pass(15);
    },
    calls: [{ ...warning("NightlaneLaneUnscheduled"), dates: 2 }],
  },
  {
    title: "a schedule that somebody deletes before a night is due, until it is back in the morning",
    start: "2026-04-01T19:00:00Z",
    step: 5,
    happens: async (timeline) => {
      await evening(timeline, nightOf("2026-03-31"));
      await timeline.pass(10);
      timeline.schedule();
      await timeline.passUntil("2026-04-02T06:00:00Z");
      timeline.schedule(CRON);
      await timeline.pass(20);
    },
    calls: [warning("NightlaneLaneUnscheduled"), stands(critical("NightlaneNightMissed"))],
  },
  {
    title: "a lane that disappears whole while its night runs",
    start: EVENING,
    happens: async (timeline) => {
      await evening(timeline, night({ nodes: market }));
      await timeline.pass(10);
      timeline.schedule();
      await timeline.list();
      await timeline.pass(40);
    },
    calls: [stands(critical("NightlaneNightFailed")), stands(warning("NightlaneLaneUnscheduled"))],
  },
  {
    title: "a customer that leaves, with a date that nobody has seen to",
    start: EVENING,
    happens: async (timeline) => {
      const failed = nightOf("2026-03-31", { open: "yes", phase: "Failed", finishedAt: "2026-03-31T20:59:00Z" });
      await evening(timeline, failed);
      await timeline.pass(10);
      timeline.schedule(suspended);
      await timeline.pass(2);
      timeline.schedule();
      await timeline.list();
      await timeline.pass(40);
    },
    calls: [critical("NightlaneNightFailed")],
  },
  inTheEvening({
    title: "a schedule that is away while it is deployed again",
    happens: async (timeline) => {
      await timeline.pass(10);
      timeline.schedule();
      await timeline.pass(14);
      timeline.schedule(CRON);
      await timeline.pass(10);
    },
    nearly: ["NightlaneLaneUnscheduled warning"],
  }),
  inTheEvening({
    title: "a schedule that Argo refuses to start, until it does",
    happens: async (timeline) => {
      await timeline.pass(5);
      timeline.schedule(refused("True"));
      await timeline.pass(15);
      timeline.schedule(CRON);
      await timeline.pass(5);
    },
    calls: [critical("NightlaneScheduleRefused")],
  }),
  inTheEvening({
    title: "a schedule that Argo refused once and starts again",
    happens: async (timeline) => {
      await timeline.pass(5);
      timeline.schedule(refused("False"));
      await timeline.pass(15);
    },
    nearly: ["NightlaneScheduleRefused critical"],
  }),
  {
    title: "an object that cannot be read, of its own customer alone",
    start: EVENING,
    happens: async (timeline) => {
      await evening(timeline, night({ nodes: market }), of("alpenkredit", night({ nodes: market })));
      timeline.schedule(CRON, OTHER);
      await timeline.pass(5);
      timeline.schedule(CRON, unreadable);
      await timeline.pass(15);
      timeline.schedule(CRON, OTHER);
      await timeline.pass(5);
    },
    calls: [{ ...critical("NightlaneLaneUnreadable"), customer: "alpenkredit" }],
  },
  {
    title: "an object that could not be read and was put right within the minute",
    start: EVENING,
    happens: async (timeline) => {
      await evening(timeline, night({ nodes: market }), of("alpenkredit", night({ nodes: market })));
      timeline.schedule(CRON, OTHER);
      await timeline.pass(5);
      timeline.schedule(CRON, unreadable);
      timeline.schedule(CRON, OTHER);
      await timeline.pass(15);
    },
    nearly: ["NightlaneLaneUnreadable critical"],
  },
  inTheEvening({
    title: "a results volume that fills to 80 %, until there is room",
    happens: async (timeline) => {
      timeline.reaped(reaper(EVENING, 60));
      await timeline.pass(15);
      timeline.reaped(reaper("2026-03-31T21:15:00Z", 80));
      await timeline.pass(30);
      timeline.reaped(reaper("2026-03-31T21:45:00Z", 50));
      await timeline.pass(10);
    },
    calls: [{ ...warning("NightlaneVolumeNearlyFull"), volume: "lane" }],
  }),
  ...[
    { title: "a reaper that fails every time for six hours", minutes: 370, calls: [warning("NightlaneReaperSilent")] },
    { title: "a reaper that fails for not quite six hours", minutes: 355, nearly: ["NightlaneReaperSilent warning"] },
  ].map(
    ({ title, minutes, calls = [], ...nearly }): Situation => ({
      title,
      start: "2026-04-01T08:00:00Z",
      step: 5,
      happens: async (timeline) => {
        timeline.schedule(CRON, REAPER);
        await timeline.list(nightOf("2026-03-31"));
        timeline.reaped(reaper("2026-04-01T08:00:00Z", 85));
        for (let passed = 0; passed < minutes; passed += 30) {
          await timeline.pass(Math.min(30, minutes - passed));
          timeline.reaped(failedReaper(new Date(timeline.now).toISOString()));
        }
        timeline.reaped(reaper(new Date(timeline.now).toISOString(), 85));
        await timeline.pass(20);
      },
      // A volume that was nearly full counts as such while nobody measures it.
      calls: [...calls, stands({ ...warning("NightlaneVolumeNearlyFull"), volume: "lane" })],
      ...nearly,
    }),
  ),
  inTheEvening({
    title: "a results volume that fills to 79 %",
    happens: async (timeline) => {
      timeline.reaped(reaper(EVENING, 79));
      await timeline.pass(40);
    },
    nearly: ["NightlaneVolumeNearlyFull warning"],
  }),
  tokenUntil("a token that is renewed two weeks and some hours before its end", "2026-04-02", "2026-04-05", {
    nearly: ["NightlaneCredentialEnds warning 14 days"],
  }),
  tokenUntil("a token that is renewed three days and some hours before its end", "2026-04-05", "2026-04-16", {
    calls: [credential(14, "warning")],
    nearly: ["NightlaneCredentialEnds critical 3 days"],
  }),
  tokenUntil("a token that is renewed a day and some hours before its end", "2026-04-05", "2026-04-18", {
    calls: [credential(14, "warning"), credential(3, "critical")],
    nearly: ["NightlaneCredentialEnds critical 1 days"],
  }),
  tokenUntil("a token that ends, and is renewed a day later", "2026-04-05", "2026-04-21", {
    calls: [credential(14, "warning"), credential(3, "critical"), credential(1, "critical")],
  }),
  {
    title: "a token less than three days before its end",
    start: "2026-04-16T20:00:00Z",
    step: 30,
    happens: async (timeline) => {
      await nightsWithToken(timeline, "2026-04-16", [END]);
      await timeline.pass(780);
    },
    calls: [credential(14, "warning"), stands(credential(3, "critical"))],
  },
  {
    title: "a token on its last day",
    start: "2026-04-18T20:00:00Z",
    step: 30,
    happens: async (timeline) => {
      await nightsWithToken(timeline, "2026-04-18", [END]);
      await timeline.pass(360);
    },
    calls: [{ ...credential(3, "critical") }, stands(credential(1, "critical"))],
  },
];
