import { CustomObjectsApi, type KubeConfig } from "@kubernetes/client-node";
import { apiClient } from "../api/api-client.ts";
import { ifAny } from "../api/api-error.ts";
import type { Head } from "../api/pages.ts";
import { RUNBOOK } from "../constructs/platform/alerts/runbook.ts";
import { NIGHTS_ONLY, REAPERS_ONLY } from "../runs/annotations.ts";
import { NIGHTWATCH_LEASE } from "../runs/nightwatch-lease.ts";
import type { CronWorkflow } from "../runs/schedule.ts";
import { ARGO, type Workflow } from "../runs/workflow.ts";
import { type RunningActs, startActs } from "./acts/start-acts.ts";
import type { RunSource } from "./acts/start-nights.ts";
import { errorText } from "./error-text.ts";
import { Leader } from "./leader.ts";
import { type Metric, renderMetric } from "./metric.ts";
import { Nightwatch } from "./nightwatch.ts";
import { noteLease } from "./note-lease.ts";
import { AlertmanagerFeed } from "./notify/alertmanager-feed.ts";
import { Webhook } from "./notify/webhook.ts";
import { pageAnswers } from "./page/answers.ts";
import type { PageAssets } from "./page/document.ts";
import { PageFeed } from "./page/page-feed.ts";
import { PageServer } from "./page/page-server.ts";
import { Viewers } from "./page/viewer.ts";
import { RecordStore } from "./records/record-store.ts";
import { keepRecords, keepRound, keepTidy, loadRecords, watchController } from "./rounds.ts";
import { serve } from "./server.ts";
import { CollectionWatch } from "./watch/collection-watch.ts";

/** A request that takes longer is given up: what hangs would keep its connection for minutes. */
const LONGEST_REQUEST_MILLISECONDS = 10_000;

/** Settings of nightwatch. */
export interface NightwatchSettings {
  readonly config: KubeConfig;
  /** Namespace of the records. */
  readonly namespace: string;
  /** Folder with the webhook's address in `url`, and its credentials; need not exist. */
  readonly webhookFolder: string;
  /**
   * The Alertmanager that alerts are sent to: base addresses of every replica, and the folder with its credentials, which
   * need not exist.
   * @default none
   */
  readonly alertmanager?: { readonly urls: readonly string[]; readonly folder: string };
  /**
   * Address of the runbook.
   * @default RUNBOOK
   */
  readonly runbook?: string;
  /** Days that a record is kept. */
  readonly retentionDays: number;
  /** Port of /metrics and /healthz; 0 for a free one. */
  readonly port: number;
  /** The page that shows the nights: its port, 0 for a free one, and its browser assets. @default - no page */
  readonly page?: { readonly port: number; readonly assets: PageAssets };
  /** Milliseconds between two rounds. */
  readonly roundMilliseconds: number;
  /** Unique among the nightwatches of a cluster. */
  readonly identity: string;
  /** Called when another one leads: this one must end. */
  readonly lost: () => void;
  readonly log: (level: "info" | "error", text: string) => void;
}

/** Starts nightwatch. @returns how to end it, and its ports */
export async function startNightwatch(settings: NightwatchSettings): Promise<{
  readonly port: number;
  /** Of the page. */
  readonly pagePort?: number;
  readonly stop: () => Promise<void>;
}> {
  const { config, log } = settings;
  const objects = apiClient(config, CustomObjectsApi, { timeoutMilliseconds: LONGEST_REQUEST_MILLISECONDS });
  const reader = { config, objects };
  const runbook = settings.runbook ?? RUNBOOK;
  const alertmanager = new AlertmanagerFeed({
    ...(settings.alertmanager ?? { urls: [], folder: "" }),
    runbook,
    clock: Date.now,
    failed: (error) => nightwatch.noteNotTaken("alertmanager", error),
  });
  const nightwatch = new Nightwatch({
    store: new RecordStore(reader, settings.namespace),
    webhook: new Webhook(settings.webhookFolder, runbook),
    sent: noteLease(objects, settings.namespace, "told"),
    gone: noteLease(objects, settings.namespace, "gone"),
    alertmanager,
    retentionDays: settings.retentionDays,
    clock: Date.now,
    log,
  });
  const failed = (error: unknown): void => {
    nightwatch.counters.watchFailures += 1;
    log("error", `watch: ${errorText(error)}; starting again`);
  };
  const schedules = new CollectionWatch<CronWorkflow>(
    reader,
    { ...ARGO, plural: "cronworkflows" },
    {
      listed: (items) => nightwatch.intake.schedulesListed(items),
      changed: (cron) => nightwatch.intake.scheduleChanged(cron),
      deleted: (cron) => nightwatch.intake.scheduleDeleted(cron),
      failed,
      heard: () => nightwatch.noteHeard("schedules"),
    },
  );
  let acts: RunningActs | undefined;
  // Workflows of another controller, such as that of a test, are not nights, nor are the reaper's.
  const own = "!workflows.argoproj.io/controller-instanceid";
  const mine = { labelSelector: `${own},${NIGHTS_ONLY}` };
  const completed = "workflows.argoproj.io/completed";
  const parts = { whole: `${completed}!=true`, heads: `${completed}=true` };
  const workflows = new CollectionWatch<Workflow, Head | Workflow>(
    reader,
    { ...ARGO, plural: "workflows", ...mine, parts },
    {
      listed: (items) => nightwatch.intake.workflowsListed(items, (head) => readWorkflow(objects, head)),
      changed: (workflow) => {
        nightwatch.intake.workflowChanged(workflow);
        acts?.laneChanged(workflow.metadata.namespace);
      },
      deleted: (workflow) => nightwatch.intake.workflowDeleted(workflow),
      failed,
    },
  );
  const reapers = new CollectionWatch<Workflow>(
    reader,
    { ...ARGO, plural: "workflows", labelSelector: `${own},${REAPERS_ONLY}` },
    {
      listed: async (items) => {
        for await (const reaper of items) {
          nightwatch.reaperChanged(reaper);
        }
      },
      changed: (reaper) => nightwatch.reaperChanged(reaper),
      // Its report is valid until the next one.
      deleted: () => undefined,
      failed,
      heard: () => nightwatch.noteHeard("reapers"),
    },
  );
  const leader = new Leader({
    objects,
    namespace: settings.namespace,
    name: NIGHTWATCH_LEASE,
    identity: settings.identity,
    log,
  });
  let leads = false;
  const { server, port } = await serve(settings.port, {
    // A nightwatch on standby has seen nothing: a zero would mean that all is well.
    metrics: () => renderMetric(leadsMetric(leads)) + (leads ? nightwatch.metrics() : ""),
    illness: () => (leads ? nightwatch.illness() : undefined),
    // Being on standby is healthy, though there is nothing to report.
    isReady: () => (leads ? nightwatch.isReady() : leader.standsBy),
    failed: (error) => log("error", `request: ${errorText(error)}`),
  });
  const feed = new PageFeed(() => nightwatch.seen(), Date.now);
  const page = await startPage(settings, nightwatch, feed, () => leads && nightwatch.isReady());
  const stop = new AbortController();
  // Released last: while this one finishes its acts, no other begins any.
  const lease = new AbortController();
  const work = async (): Promise<void> => {
    leads = await leader.won(stop.signal);
    if (leads) {
      await Promise.all([lead(), keepLease(leader, settings, lease.signal)]);
    }
  };
  const lead = async (): Promise<void> => {
    await loadRecords(nightwatch, settings, stop.signal);
    if (!stop.signal.aborted) {
      nightwatch.noteHeard("schedules");
      // Lateness depends on the schedule, so that comes first.
      void schedules
        .start()
        .then(() => workflows.start())
        .then(() => {
          // What an act may do depends on the known runs.
          const source: RunSource = {
            runs: (customer) => nightwatch.runsOf(customer),
            furtherSchedules: (customer) => nightwatch.furtherSchedulesOf(customer),
            nextStart: (customer) => nightwatch.nextStartOf(customer),
            noteAct: (run, act) => nightwatch.noteAct(run, act),
          };
          if (stop.signal.aborted) {
            return;
          }
          nightwatch.noteHeard("acts");
          nightwatch.noteHeard("reapers");
          const { namespace, retentionDays } = settings;
          const heard = (): void => nightwatch.noteHeard("acts");
          acts = startActs({ reader, source, namespace, retentionDays, log, failed, heard });
          nightwatch.counters.acts = acts.counters;
          return reapers.start();
        });
      await Promise.all([
        keepRound(nightwatch, settings, stop.signal, () => feed.update()),
        keepRecords(nightwatch, settings, stop.signal),
        keepTidy(nightwatch, settings, stop.signal),
        watchController(nightwatch, objects, settings, stop.signal),
      ]);
    }
  };
  const working = work();
  return {
    port,
    ...(page === undefined ? {} : { pagePort: page.port }),
    stop: async () => {
      stop.abort();
      server.close();
      page?.stop();
      await acts?.stop();
      lease.abort();
      await working;
      await Promise.all([schedules.end(), workflows.end(), reapers.end(), nightwatch.end(), alertmanager.end()]);
    },
  };
}

async function startPage(
  { config, page, log }: NightwatchSettings,
  nightwatch: Nightwatch,
  feed: PageFeed,
  leads: () => boolean,
): Promise<PageServer | undefined> {
  if (page === undefined) {
    return undefined;
  }
  const viewers = new Viewers(config);
  return PageServer.start(page.port, {
    assets: page.assets,
    feed,
    leads,
    viewer: (passes) => viewers.viewer(passes),
    answers: pageAnswers(nightwatch),
    failed: (error) => log("error", `page: ${errorText(error)}`),
  });
}

function leadsMetric(leads: boolean): Metric {
  return {
    name: "nightlane_nightwatch_leads",
    help: "Whether this nightwatch leads; one on standby exports nothing else.",
    type: "gauge",
    samples: [[{}, Number(leads)]],
  };
}

/** Holds the lease for as long as this nightwatch works. */
async function keepLease(leader: Leader, { lost, log }: NightwatchSettings, stop: AbortSignal): Promise<void> {
  if (!(await leader.kept(stop))) {
    log("error", "the lease is lost: another nightwatch may lead, so this one ends");
    lost();
  }
}

/** A whole workflow; undefined if it is gone by now. */
async function readWorkflow(objects: CustomObjectsApi, { metadata }: Head): Promise<Workflow | undefined> {
  const { name, namespace } = metadata;
  return ifAny(objects.getNamespacedCustomObject({ ...ARGO, plural: "workflows", namespace, name }));
}
