import { ApiException } from "@kubernetes/client-node";
import { type ExpectedCall, stands } from "../expected-call.ts";
import type { Situation } from "../situation.ts";
import { decision, EVENING, evening, failed, inTheEvening, market, night, warning } from "./lane.ts";

const NIGHTWATCH_SILENT = { alert: "NightlaneNightwatchSilent", severity: "critical" } as const;
const CONTROLLER_SILENT = { alert: "NightlaneControllerSilent", severity: "critical" } as const;
const HEARS_NOTHING = (kind: string): ExpectedCall => ({
  alert: "NightlaneNightwatchHearsNothing",
  severity: "critical",
  kind,
});
const NOT_ACTED = { alert: "NightlaneActsNotTaken", severity: "warning" } as const;
const NOT_RECORDED = { alert: "NightlaneRecordsNotWritten", severity: "warning" } as const;
const NOT_TAKEN = { alert: "NightlaneNotificationsNotTaken", severity: "critical" } as const;
const REFUSED = {
  alert: "NightlaneControllerErrors",
  cause: "CronWorkflowSubmissionError",
  severity: "warning",
} as const;

/** What the platform's engineers are called for. */
export const PLATFORM_SITUATIONS: readonly Situation[] = [
  inTheEvening({
    title: "a restart of nightwatch, however often it happens",
    happens: async (timeline) => {
      for (const minutes of [1, 7, 3]) {
        await timeline.pass(9);
        await timeline.restart(minutes);
      }
      await timeline.pass(9);
    },
    nearly: ["NightlaneNightwatchSilent critical"],
  }),
  inTheEvening({
    title: "a nightwatch that is away for some minutes",
    happens: async (timeline) => {
      await timeline.pass(9);
      await timeline.restart(7);
      await timeline.pass(9);
    },
    nearly: ["NightlaneNightwatchSilent critical"],
  }),
  inTheEvening({
    title: "a nightwatch that is away for longer, and comes back",
    happens: async (timeline) => {
      await timeline.pass(9);
      await timeline.restart(25);
      await timeline.pass(9);
    },
    calls: [NIGHTWATCH_SILENT],
  }),
  inTheEvening({
    title: "a nightwatch that is gone for good",
    happens: async (timeline) => {
      await timeline.pass(9);
      timeline.absent(30);
    },
    calls: [stands(NIGHTWATCH_SILENT)],
    alive: false,
  }),
  inTheEvening({
    title: "a nightwatch whose watches bring nothing for more than an hour",
    happens: async (timeline) => {
      await timeline.watchWithoutNews(80);
    },
    calls: [stands(NIGHTWATCH_SILENT)],
  }),
  inTheEvening({
    title: "a nightwatch whose watches bring nothing for an hour, and then do",
    happens: async (timeline) => {
      await timeline.watchWithoutNews(68);
      await timeline.pass(9);
    },
    nearly: ["NightlaneNightwatchSilent critical"],
  }),
  inTheEvening({
    title: "a nightwatch whose rounds hang",
    happens: async (timeline) => {
      await timeline.pass(9);
      timeline.hang(20);
    },
    calls: [stands(NIGHTWATCH_SILENT)],
    alive: false,
  }),
  inTheEvening({
    title: "a nightwatch whose rounds hang for a quarter of an hour",
    happens: async (timeline) => {
      await timeline.pass(9);
      timeline.hang(14);
      await timeline.pass(9);
    },
    nearly: ["NightlaneNightwatchSilent critical"],
  }),
  {
    ...inTheEvening({
      title: "acts and schedules of which nightwatch hears nothing, until it does",
      happens: async (timeline) => {
        await timeline.pass(5);
        timeline.silent.add("acts").add("schedules");
        await timeline.pass(15);
        timeline.silent.clear();
        await timeline.pass(9);
      },
      calls: [HEARS_NOTHING("acts"), HEARS_NOTHING("schedules")],
    }),
    // Another nightwatch has just begun to listen.
    survivesRestarts: false,
  },
  inTheEvening({
    title: "acts of which nightwatch hears nothing for some minutes",
    happens: async (timeline) => {
      await timeline.pass(5);
      timeline.silent.add("acts");
      await timeline.pass(9);
      timeline.silent.clear();
      await timeline.pass(9);
    },
    nearly: ["NightlaneNightwatchHearsNothing critical"],
  }),
  inTheEvening({
    title: "acts that cannot be carried out",
    happens: async (timeline) => {
      await timeline.pass(5);
      timeline.actsFail = true;
      await timeline.pass(9);
      timeline.actsFail = false;
      await timeline.pass(30);
    },
    calls: [NOT_ACTED],
  }),
  inTheEvening({
    title: "acts that cannot be carried out at once",
    happens: async (timeline) => {
      await timeline.pass(5);
      timeline.actsFail = true;
      await timeline.pass(3);
      timeline.actsFail = false;
      await timeline.pass(30);
    },
    nearly: ["NightlaneActsNotTaken warning"],
  }),
  inTheEvening({
    title: "records that cannot be written",
    happens: async (timeline) => {
      await timeline.pass(5);
      timeline.storeFails = new Error("down");
      await timeline.list(night({ nodes: failed(10) }));
      await timeline.pass(15);
      timeline.storeFails = undefined;
      await timeline.pass(30);
    },
    calls: [stands(decision), NOT_RECORDED],
    nearly: ["NightlaneRunNotRecorded warning"],
  }),
  inTheEvening({
    title: "a record that cannot be written at once",
    happens: async (timeline) => {
      await timeline.pass(5);
      timeline.storeFails = new Error("down");
      await timeline.list(night({ nodes: failed(10) }));
      await timeline.pass(3);
      timeline.storeFails = undefined;
      await timeline.pass(30);
    },
    calls: [stands(decision)],
    nearly: ["NightlaneRecordsNotWritten warning"],
  }),
  inTheEvening({
    title: "a record that the API server does not take, until it does",
    happens: async (timeline) => {
      await timeline.pass(5);
      timeline.storeFails = new ApiException(422, "Unprocessable", "spec.x: Invalid value", {});
      await timeline.list(night({ nodes: failed(10) }));
      await timeline.pass(2);
      timeline.storeFails = undefined;
      await timeline.pass(30);
    },
    calls: [stands(decision), warning("NightlaneRunNotRecorded")],
  }),
  inTheEvening({
    title: "a webhook that takes nothing",
    happens: async (timeline) => {
      await timeline.pass(5);
      timeline.webhookWorks = false;
      await timeline.list(night({ nodes: failed(10) }));
      await timeline.pass(15);
      timeline.webhookWorks = true;
      await timeline.pass(30);
    },
    calls: [stands(decision), NOT_TAKEN],
  }),
  inTheEvening({
    title: "a webhook that does not take a notification at once",
    happens: async (timeline) => {
      await timeline.pass(5);
      timeline.webhookWorks = false;
      await timeline.list(night({ nodes: failed(10) }));
      await timeline.pass(3);
      timeline.webhookWorks = true;
      await timeline.pass(30);
    },
    calls: [stands(decision)],
    nearly: ["NightlaneNotificationsNotTaken critical"],
  }),
  ...[
    { title: "an Argo controller that is gone", lease: false, answers: false },
    { title: "an Argo controller that hangs: it answers the scrape and renews no lease", lease: false, answers: true },
    { title: "an Argo controller of which nothing can be scraped", lease: true, answers: false },
  ].map(
    ({ title, lease, answers }): Situation => ({
      title,
      start: EVENING,
      happens: async (timeline) => {
        await evening(timeline, night({ nodes: market }));
        await timeline.pass(10);
        timeline.leaseIsRenewed = lease;
        timeline.controllerAnswers = answers;
        await timeline.pass(20);
        timeline.leaseIsRenewed = true;
        timeline.controllerAnswers = true;
        await timeline.pass(10);
      },
      calls: [CONTROLLER_SILENT],
    }),
  ),
  inTheEvening({
    title: "an Argo controller that is restarted",
    happens: async (timeline) => {
      await timeline.pass(10);
      timeline.controllerAnswers = false;
      timeline.leaseIsRenewed = false;
      await timeline.pass(2);
      timeline.controllerAnswers = true;
      await timeline.pass(4);
      timeline.leaseIsRenewed = true;
      await timeline.pass(10);
    },
    nearly: ["NightlaneControllerSilent critical"],
  }),
  inTheEvening({
    title: "a schedule that the controller could not submit, the first time already",
    happens: async (timeline) => {
      await timeline.pass(10);
      timeline.controllerErrors.set(REFUSED.cause, 1);
      await timeline.pass(40);
      timeline.controllerErrors.set(REFUSED.cause, 2);
      await timeline.pass(40);
    },
    calls: [{ ...REFUSED, times: 2 }],
  }),
  {
    title: "a controller whose counters began again at its restart",
    start: EVENING,
    happens: async (timeline) => {
      timeline.controllerErrors.set(REFUSED.cause, 3);
      await evening(timeline, night({ nodes: market }));
      await timeline.pass(20);
      timeline.controllerErrors.set(REFUSED.cause, 0);
      await timeline.pass(20);
    },
    nearly: ["NightlaneControllerErrors warning"],
  },
];
