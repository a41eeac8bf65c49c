import { setTimeout as delay } from "node:timers/promises";
import type { Fault, Fix, Stage } from "./faults/fault.ts";
import { ArgoNight } from "./nights/argo-night.ts";
import { BashNight } from "./nights/bash-night.ts";
import type { Night, NightLook, VariantName } from "./nights/night.ts";
import { NightlaneNight } from "./nights/nightlane-night.ts";
import { type Notice, NoticeWatch } from "./notice-watch.ts";
import type { Site } from "./site/site.ts";
import { hashOfResults, judge, type Verdict } from "./verdict.ts";

/** Seconds after a fault within which a lane's night must have ended, or wait for a person. */
const LIMIT_SECONDS = 420;

/** The same for a baseline: its nights take about a minute, and one that has not ended by then hangs. */
const BASELINE_SECONDS = 240;

/** Seconds for a baseline's night once the on-call has started it again. */
const AGAIN_SECONDS = 180;

/** A new night of a variant. @param number Unique in the farm. */
export function nightOfVariant(site: Site, variant: VariantName, fault: string, number: number): Night {
  const name = `${fault} (${variant})`;
  switch (variant) {
    case "nightlane":
      return new NightlaneNight(site, name, number);
    case "bash":
      return new BashNight(site, name, number);
    case "argo resource":
      return new ArgoNight(site, name, number);
  }
}

/** One fault, injected into a night of each variant at the same time. */
export interface TrialProps {
  readonly site: Site;
  readonly fault: Fault;
  readonly nights: readonly Night[];
  /** Hash of the results of a fault-free night. */
  readonly faultFree: string;
  /** Milliseconds to wait before the fault is injected, drawn again for each night. @default - none */
  readonly moment?: () => number;
}

/** Injects the fault, waits for the nights to end, and judges them. Cleans up, also after an error. */
export async function tryFault(props: TrialProps): Promise<readonly Verdict[]> {
  const { site, fault, nights } = props;
  const stage = (own: readonly Night[], watches: readonly NoticeWatch[]): Stage => ({
    site,
    nights: own,
    moment: async (when) => {
      if (props.moment !== undefined && when !== "now") {
        await delay(props.moment());
      }
      for (const watch of watches) {
        watch.injected();
      }
    },
    ended: async (night) => void (await endOf(night, limitOf(night))),
  });
  // A fault of a cluster is injected once for all nights; any other one must not fail for all where it fails for one.
  const groups = fault.alone === true ? [nights] : nights.map((night) => [night]);
  try {
    const judged = await Promise.all(
      groups.map(async (own) => {
        const watches = own.map((night) => new NoticeWatch(night));
        try {
          return await injectAndJudge(props, stage(own, watches), watches);
        } finally {
          await Promise.all(watches.map((watch) => watch.end()));
        }
      }),
    );
    return judged.flat();
  } finally {
    await Promise.allSettled(nights.map((night) => night.cleanUp()));
  }
}

async function injectAndJudge(
  props: TrialProps,
  stage: Stage,
  watches: readonly NoticeWatch[],
): Promise<readonly Verdict[]> {
  let fix: Fix | undefined;
  try {
    fix = await props.fault.inject(stage);
    if (watches.some((watch) => !watch.isInjected)) {
      throw new Error("its moment never came");
    }
    const ends = await Promise.all(stage.nights.map((night) => endOf(night, limitOf(night))));
    const notices = await Promise.all(watches.map((watch) => watch.notices()));
    return await Promise.all(stage.nights.map((night, index) => judgeNight(props, night, ends[index], notices[index])));
  } catch (error) {
    // They stay for investigation, but do not compute on, beside the nights that follow.
    await Promise.allSettled(stage.nights.map((night) => night.release()));
    const problem = `the fault could not be injected: ${error instanceof Error ? error.message : String(error)}`;
    return stage.nights.map((night) => ({
      fault: props.fault.name,
      variant: night.variant,
      survived: false,
      held: false,
      doubleRun: false,
      lostResult: false,
      driverStarts: night.drivers().length,
      problem,
      notices: [],
    }));
  } finally {
    await fix?.();
  }
}

async function judgeNight(
  props: TrialProps,
  night: Night,
  end: NightLook = { kind: "running" },
  notices: readonly Notice[] = [],
): Promise<Verdict> {
  const { fault, faultFree } = props;
  // Whoever was taken for gone has had its say before the results are looked at.
  await night.untilLeftBehindEnd();
  const verdict = async (): Promise<Verdict> => {
    const damage = end.kind === "done" ? await fault.inspect?.(night) : undefined;
    return judge({
      fault,
      variant: night.variant,
      end,
      drivers: night.drivers(),
      home: hashOfResults(night.home()),
      faultFree,
      ...(damage === undefined ? {} : { damage }),
      notices,
    });
  };
  const first = await verdict();
  if (first.problem === "" || night.variant === "nightlane" || end.kind === "done") {
    return first;
  }
  // Somebody finds the night unfinished in the morning and starts it again.
  await night.cleanUp();
  await night.startAgain();
  await endOf(night, AGAIN_SECONDS);
  const { doubleRun, driverStarts } = await verdict();
  const lostResult = first.lostResult && hashOfResults(night.home()) !== faultFree;
  return { ...first, doubleRun, driverStarts, lostResult };
}

function limitOf({ variant }: Night): number {
  return variant === "nightlane" ? LIMIT_SECONDS : BASELINE_SECONDS;
}

/** Waits until a night has ended or stopped, its time is over, or the wait is aborted. */
export async function endOf(night: Night, limitSeconds: number, abort?: AbortSignal): Promise<NightLook> {
  const end = Date.now() + limitSeconds * 1000;
  for (;;) {
    const look = await night.look();
    if (look.kind !== "running" || Date.now() > end || abort?.aborted === true) {
      return look;
    }
    await delay(1000);
  }
}
