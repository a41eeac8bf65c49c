import { pastNights, scenariosSince } from "../../support/past-nights.ts";
import { stepNode } from "../../unit/ops/support/night-workflow.ts";
import { stands } from "../expected-call.ts";
import type { Situation } from "../situation.ts";
import {
  CRON,
  critical,
  days,
  decision,
  EVENING,
  evening,
  failed,
  inTheEvening,
  market,
  marketRuns,
  night,
  nightOf,
  since,
  weekdays,
} from "./lane.ts";

const failedNight = night({
  nodes: [stepNode("market", "Failed")],
  phase: "Failed",
  finishedAt: "2026-03-31T20:59:00Z",
});
const nightFailed = critical("NightlaneNightFailed");
const nightMissed = critical("NightlaneNightMissed");
const nightLate = critical("NightlaneNightLate");

/** Tonight in a lane whose scenarios takes five hours, as far as people know: it has run since a time. */
const tonight = (scenariosStart: string) => night({ nodes: scenariosSince("2026-03-31T20:30:00Z", scenariosStart) });
const usual = pastNights(29, "2026-03-02T20:30:00Z");

/** What people are called for in whole nights, while the lane itself is in order. */
export const NIGHT_SITUATIONS: readonly Situation[] = [
  {
    title: "a quiet week, with a weekend and a holiday",
    start: "2026-03-30T20:00:00Z",
    step: 5,
    happens: async (timeline) => {
      timeline.schedule(since("2026-03-30T12:00:00Z"));
      const nights = [nightOf("2026-03-29")];
      for (const day of days("2026-03-30", 8)) {
        // Good Friday, the weekend and Easter Monday: the schedule starts a night that ends at once.
        const isClosed = day >= "2026-04-03";
        await timeline.list(...nights);
        await timeline.passUntil(`${day}T20:30:00Z`);
        await timeline.list(...nights, nightOf(day, { phase: "Running", nodes: market }));
        await timeline.passUntil(`${day}T${isClosed ? "20:35" : "22:10"}:00Z`);
        nights.push(nightOf(day));
      }
      await timeline.list(...nights);
      await timeline.pass(60);
    },
  },
  {
    title: "inputs that are late",
    start: EVENING,
    happens: async (timeline) => {
      await evening(timeline, night({ nodes: marketRuns }));
      await timeline.pass(35);
      await timeline.list(night({ nodes: market }));
      await timeline.pass(5);
    },
    calls: [critical("NightlaneInputsLate")],
  },
  {
    title: "inputs that are in at the last minute",
    start: EVENING,
    happens: async (timeline) => {
      await evening(timeline, night({ nodes: marketRuns }));
      await timeline.pass(15);
      await timeline.list(night({ nodes: market }));
      await timeline.pass(30);
    },
    nearly: ["NightlaneInputsLate critical"],
  },
  {
    title: "a night that starts and reaches no step",
    start: "2026-03-31T20:25:00Z",
    happens: async (timeline) => {
      const stuck = nightOf("2026-03-31", {
        phase: "Running",
        parameters: { "scheduled-time": "2026-03-31T20:30:00Z", "business-date": "auto" },
      });
      timeline.schedule(CRON);
      await timeline.list(nightOf("2026-03-30"));
      await timeline.passUntil("2026-03-31T20:30:00Z");
      await timeline.list(nightOf("2026-03-30"), stuck);
      await timeline.pass(40);
      await timeline.list(
        nightOf("2026-03-30"),
        nightOf("2026-03-31", { open: "yes", phase: "Running", nodes: market }),
      );
      await timeline.pass(5);
    },
    calls: [critical("NightlaneNightNotBegun")],
  },
  {
    title: "a night that reaches its first step at the last minute",
    start: "2026-03-31T20:25:00Z",
    happens: async (timeline) => {
      const stuck = nightOf("2026-03-31", {
        phase: "Running",
        parameters: { "scheduled-time": "2026-03-31T20:30:00Z", "business-date": "auto" },
      });
      timeline.schedule(CRON);
      await timeline.list(nightOf("2026-03-30"));
      await timeline.passUntil("2026-03-31T20:30:00Z");
      await timeline.list(nightOf("2026-03-30"), stuck);
      await timeline.passUntil("2026-03-31T20:45:00Z");
      await timeline.list(
        nightOf("2026-03-30"),
        nightOf("2026-03-31", { open: "yes", phase: "Running", nodes: market }),
      );
      await timeline.pass(20);
    },
    nearly: ["NightlaneNightNotBegun critical"],
  },
  {
    title: "a night that will be late, until it is",
    start: "2026-03-31T23:45:00Z",
    happens: async (timeline) => {
      await timeline.remember(...usual);
      await evening(timeline, tonight("2026-03-31T23:40:00Z"));
      await timeline.passUntil("2026-04-01T04:20:00Z");
    },
    calls: [critical("NightlaneNightWillBeLate"), stands(nightLate)],
  },
  {
    title: "a night that is expected to end shortly before its time",
    start: "2026-03-31T22:30:00Z",
    happens: async (timeline) => {
      await timeline.remember(...usual);
      await evening(timeline, tonight("2026-03-31T22:20:00Z"));
      await timeline.pass(120);
    },
    nearly: ["NightlaneNightWillBeLate critical"],
  },
  {
    title: "a night that is late, for as long as it runs",
    start: "2026-04-01T03:50:00Z",
    happens: async (timeline) => {
      await evening(timeline, night({ nodes: market }));
      await timeline.pass(30);
      await timeline.list(night({ nodes: market, phase: "Succeeded", finishedAt: "2026-04-01T04:20:00Z" }));
      await timeline.pass(10);
    },
    calls: [nightLate],
  },
  {
    title: "a night that ends at the last minute",
    start: "2026-04-01T03:50:00Z",
    happens: async (timeline) => {
      await evening(timeline, night({ nodes: market }));
      await timeline.pass(10);
      await timeline.list(night({ nodes: market, phase: "Succeeded", finishedAt: "2026-04-01T04:00:00Z" }));
      await timeline.pass(20);
    },
    nearly: ["NightlaneNightLate critical"],
  },
  {
    title: "a late night, and the next one that somebody starts by hand meanwhile",
    start: "2026-04-01T03:50:00Z",
    happens: async (timeline) => {
      const late = nightOf("2026-03-31", { open: "yes", phase: "Running", nodes: market });
      await evening(timeline, late);
      await timeline.pass(20);
      const next: Parameters<typeof nightOf>[1] = {
        open: "yes",
        phase: "Running",
        nodes: market,
        startedAt: "2026-04-01T04:10:00Z",
      };
      await timeline.list(late, nightOf("2026-04-01", next));
      await timeline.pass(20);
      await timeline.list(
        nightOf("2026-03-31", { open: "yes", finishedAt: "2026-04-01T04:30:00Z" }),
        nightOf("2026-04-01", next),
      );
      await timeline.pass(10);
    },
    calls: [nightLate],
  },
  {
    title: "a night that was missed, until somebody runs it",
    start: "2026-03-31T20:25:00Z",
    happens: async (timeline) => {
      await evening(timeline, nightOf("2026-03-30"));
      await timeline.pass(40);
      const started = { open: "yes", phase: "Running", nodes: market, startedAt: "2026-03-31T21:05:00Z" } as const;
      await timeline.list(nightOf("2026-03-30"), nightOf("2026-03-31", started));
      await timeline.pass(10);
    },
    calls: [nightMissed],
  },
  {
    title: "a night that starts at the last minute",
    start: "2026-03-31T20:25:00Z",
    happens: async (timeline) => {
      await evening(timeline, nightOf("2026-03-30"));
      await timeline.passUntil("2026-03-31T20:45:00Z");
      const started = { open: "yes", phase: "Running", nodes: market, startedAt: "2026-03-31T20:44:00Z" } as const;
      await timeline.list(nightOf("2026-03-30"), nightOf("2026-03-31", started));
      await timeline.pass(25);
    },
    nearly: ["NightlaneNightMissed critical"],
  },
  {
    title: "a night that was left out because an earlier one still ran",
    start: "2026-04-01T20:20:00Z",
    happens: async (timeline) => {
      await evening(timeline, night({ nodes: market }));
      await timeline.pass(40);
    },
    calls: [stands(nightMissed), stands(nightLate)],
  },
  {
    title: "a missed night, over the start of the next one, until somebody makes up for it",
    start: "2026-03-31T20:25:00Z",
    step: 5,
    happens: async (timeline) => {
      await evening(timeline, nightOf("2026-03-30"));
      await timeline.passUntil("2026-04-01T20:30:00Z");
      const next = nightOf("2026-04-01", { open: "yes", phase: "Running", nodes: market });
      await timeline.list(nightOf("2026-03-30"), next);
      await timeline.pass(60);
      const run = nightOf("2026-03-31", {
        open: "yes",
        startedAt: "2026-04-01T21:00:00Z",
        finishedAt: "2026-04-01T21:30:00Z",
      });
      await timeline.list(nightOf("2026-03-30"), run, next);
      await timeline.pass(30);
    },
    calls: [nightMissed],
  },
  {
    title: "a night that has failed, until somebody repeats it",
    start: EVENING,
    happens: async (timeline) => {
      await evening(timeline, failedNight);
      await timeline.pass(30);
      const replay = nightOf("2026-03-31", { open: "yes", phase: "Running", nodes: market }, 2);
      await timeline.list(failedNight, replay);
      await timeline.pass(10);
    },
    calls: [nightFailed],
  },
  {
    title: "a second night that fails while nobody has seen to the first",
    start: EVENING,
    step: 5,
    happens: async (timeline) => {
      const first = nightOf("2026-03-31", { open: "yes", phase: "Failed", finishedAt: "2026-03-31T20:59:00Z" });
      await evening(timeline, first);
      await timeline.passUntil("2026-04-01T20:30:00Z");
      await timeline.list(first, nightOf("2026-04-01", { open: "yes", phase: "Running", nodes: market }));
      await timeline.pass(30);
      await timeline.list(
        first,
        nightOf("2026-04-01", { open: "yes", phase: "Failed", finishedAt: "2026-04-01T21:00:00Z" }),
      );
      await timeline.pass(30);
    },
    calls: [stands({ ...nightFailed, dates: 2 })],
  },
  inTheEvening({
    title: "a night that ends well although a step of it had failed and was left out",
    happens: async (timeline) => {
      await timeline.pass(10);
      const nodes = [...market, stepNode("scenarios", "Failed")];
      await timeline.list(night({ nodes, phase: "Succeeded", finishedAt: "2026-03-31T21:10:00Z" }));
      await timeline.pass(10);
    },
    nearly: ["NightlaneNightFailed critical"],
  }),
  {
    title: "a night that failed on Friday, over a closed Saturday and the start of Monday's night",
    start: "2026-04-10T20:25:00Z",
    step: 5,
    happens: async (timeline) => {
      timeline.schedule(since("2026-04-10T12:00:00Z", weekdays()));
      await timeline.list(nightOf("2026-04-09"));
      await timeline.passUntil("2026-04-10T20:30:00Z");
      const nights = [
        nightOf("2026-04-09"),
        nightOf("2026-04-10", { open: "yes", phase: "Failed", finishedAt: "2026-04-10T21:00:00Z" }),
      ];
      for (const day of ["2026-04-11", "2026-04-12"]) {
        await timeline.list(...nights);
        await timeline.passUntil(`${day}T20:35:00Z`);
        nights.push(nightOf(day, { open: "no", finishedAt: `${day}T20:31:00Z` }));
      }
      await timeline.list(...nights);
      await timeline.passUntil("2026-04-13T20:30:00Z");
      await timeline.list(...nights, nightOf("2026-04-13", { open: "yes", phase: "Running", nodes: market }));
      await timeline.pass(60);
    },
    calls: [stands(nightFailed)],
  },
  {
    title: "a weekend on which Friday's night waits for a decision",
    start: "2026-04-10T20:30:00Z",
    step: 5,
    happens: async (timeline) => {
      timeline.schedule(since("2026-04-10T12:00:00Z", weekdays()));
      await timeline.list(nightOf("2026-04-10", { open: "yes", phase: "Running", nodes: failed(10) }));
      await timeline.passUntil("2026-04-13T06:00:00Z");
    },
    calls: [stands({ ...decision }), stands(nightLate)],
  },
  {
    title: "a Saturday evening on which the controller is away",
    start: "2026-04-11T20:00:00Z",
    happens: async (timeline) => {
      timeline.schedule(since("2026-04-10T12:00:00Z", weekdays()));
      await timeline.list(nightOf("2026-04-10", { open: "yes" }));
      await timeline.pass(15);
      timeline.leaseIsRenewed = false;
      timeline.controllerAnswers = false;
      await timeline.pass(60);
      timeline.leaseIsRenewed = true;
      timeline.controllerAnswers = true;
      await timeline.pass(20);
    },
    calls: [{ alert: "NightlaneControllerSilent", severity: "critical" }],
  },
  {
    title: "Christmas Day without a night",
    start: "2026-12-24T22:00:00Z",
    step: 5,
    happens: async (timeline) => {
      timeline.schedule(since("2026-12-24T12:00:00Z", weekdays({ "2026-12-25": "Christmas Day" })));
      const eve = nightOf("2026-12-24", {
        open: "yes",
        startedAt: "2026-12-24T21:30:00Z",
        finishedAt: "2026-12-24T22:00:00Z",
      });
      await timeline.list(eve);
      await timeline.passUntil("2026-12-26T06:00:00Z");
    },
    nearly: ["NightlaneNightMissed critical"],
  },
];
