import { startComponent, stopComponent } from "../../farm/component-control.ts";
import { CENTRAL_ID, SECOND_CENTRAL_NODE } from "../../farm/plan.ts";
import { isAlive } from "../../farm/processes.ts";
import { until } from "../../farm/wait.ts";
import { slowLink } from "../injection/links.ts";
import { cordon, declareBack, declareOutOfService, drain } from "../injection/nodes.ts";
import { deletePod, evictPod, isPodEvicted, isPodGone } from "../injection/pods.ts";
import { ArgoNight } from "../nights/argo-night.ts";
import { BashNight } from "../nights/bash-night.ts";
import type { Night } from "../nights/night.ts";
import { NightlaneNight } from "../nights/nightlane-night.ts";
import type { Site } from "../site/site.ts";
import { allComputing, type Fault, nightOf, releaseAll } from "./fault.ts";
import { bulkIsWhole } from "./whole-results.ts";

/** Kubernetes removes the pods of a lost node after 50 seconds at the earliest. */
const REMOVED_SECONDS = 240;

/** The kubelet checks every ten seconds. */
const EVICTED_SECONDS = 120;

/** Size of the results that two runners bring at once, and how fast: a minute and a half for one runner alone. */
const BULK_MEBIBYTES = 100;
const SLOW_MEGABITS = 10;

/**
 * Faults of the runner's node, which is the central cluster's second one. For bash that is this machine; plain Argo has
 * only the customer's node, which goes on.
 */
export const runnerNodeFaults: readonly Fault[] = [
  whileComputing({
    name: "node-lost",
    what: "the runner's node falls silent and is declared out of service, and its runner goes on unseen",
    inject: async (site, nights) => [
      loseCentralNode(site, nightOf(nights, "nightlane", NightlaneNight)),
      nightOf(nights, "bash", BashNight)?.cleanUp(),
      loseCustomerNode(site.customer.name, nightOf(nights, "argo resource", ArgoNight)),
    ],
    undo: bringBack,
  }),
  whileComputing({
    name: "runner-frozen",
    what: "the runner is frozen and its pod taken for gone; it goes on once its successor has brought the results",
    inject: async (site, nights) => [
      freezeRunner(site, nightOf(nights, "nightlane", NightlaneNight)),
      ...(await baselinesEvicted(nights)),
    ],
    undo: bringBack,
  }),
  whileComputing({
    name: "runner-drained",
    what: "the runner's node is drained while the driver computes",
    inject: async ({ paths }, nights) => [
      drain(paths.programs, paths.centralKubeconfig, SECOND_CENTRAL_NODE),
      ...(await baselinesEvicted(nights)),
    ],
  }),
  whileComputing({
    name: "runner-evicted",
    what: "the kubelet evicts the runner with a second's grace, because its node runs out of process ids",
    inject: async (site, nights) => [
      evictByKubelet(site, nightOf(nights, "nightlane", NightlaneNight)),
      ...(await baselinesEvicted(nights)),
    ],
    undo: () => restartKubelet([]),
  }),
  {
    name: "two-runners-bringing",
    what: `two runners are alive at once and bring ${BULK_MEBIBYTES} MiB of results over a slow link`,
    alone: true,
    secondNode: "central",
    inject: async ({ site, nights, moment }) => {
      await Promise.all(nights.map((night) => night.enlarge(BULK_MEBIBYTES)));
      await allComputingOnSecondNode(site, nights);
      const quicken = await slowLink(site.sandbox, SLOW_MEGABITS);
      const others = nights.filter((night) => night.variant !== "nightlane").map((night) => night.killWhileBringing());
      await releaseAll(nights);
      try {
        await Promise.all([bringTwice(site, nightOf(nights, "nightlane", NightlaneNight), moment), ...others]);
      } finally {
        await quicken();
      }
      return () => bringBack(site);
    },
    inspect: bulkIsWhole,
  },
];

/** A fault of the second node while the drivers of all nights compute; they go on once it is injected. */
function whileComputing(fault: {
  readonly name: string;
  readonly what: string;
  /** Starts the fault for each night. */
  readonly inject: (site: Site, nights: readonly Night[]) => Promise<readonly (Promise<void> | undefined)[]>;
  /** @default - nothing is left to undo */
  readonly undo?: (site: Site) => Promise<void>;
}): Fault {
  const { name, what, inject, undo } = fault;
  return {
    name,
    what,
    alone: true,
    secondNode: "central",
    inject: async ({ site, nights, moment }) => {
      await allComputingOnSecondNode(site, nights);
      await moment();
      await Promise.all(await inject(site, nights));
      await releaseAll(nights);
      return undo === undefined ? undefined : () => undo(site);
    },
  };
}

/**
 * Starts the nights so that Nightlane's runner of the Spark step is on the second node; new pods then go to the first.
 */
async function allComputingOnSecondNode({ central }: Site, nights: readonly Night[]): Promise<void> {
  await cordon(central, SECOND_CENTRAL_NODE, false);
  await cordon(central, CENTRAL_ID, true);
  try {
    await allComputing(nights);
  } finally {
    await cordon(central, CENTRAL_ID, false);
    await cordon(central, SECOND_CENTRAL_NODE, true);
  }
}

/** The kubelet ends, its containers run on; an administrator declares that the machine is off. */
async function loseCentralNode({ central }: Site, night: NightlaneNight | undefined): Promise<void> {
  if (night === undefined) {
    return;
  }
  const pod = await night.pod("revaluation");
  night.leaveBehind(await night.handle());
  await stopComponent(SECOND_CENTRAL_NODE, "kubelet", "kill");
  await declareOutOfService(central, SECOND_CENTRAL_NODE);
  const what = `the pod ${pod.name} of the lost node is removed`;
  const limits = { limitSeconds: REMOVED_SECONDS, everyMilliseconds: 500 };
  await until({ what, ...limits }, () => isPodGone(central, pod));
  await cordon(central, SECOND_CENTRAL_NODE, true);
}

/** Its kubelet has ended, so that nobody ends its processes with its pod. */
async function freezeRunner({ central }: Site, night: NightlaneNight | undefined): Promise<void> {
  if (night === undefined) {
    return;
  }
  const pod = await night.pod("revaluation");
  const handle = await night.handle();
  await handle.freeze();
  night.leaveBehind(handle);
  await stopComponent(SECOND_CENTRAL_NODE, "kubelet", "kill");
  await deletePod(central, pod, "at once");
}

async function bringBack({ central }: Site): Promise<void> {
  await startComponent(SECOND_CENTRAL_NODE, "kubelet");
  await declareBack(central, SECOND_CENTRAL_NODE);
}

/** Its only node must not be lost: the kubelet falls silent until the pod's removal is forced. */
async function loseCustomerNode(customer: string, night: ArgoNight | undefined): Promise<void> {
  if (night === undefined) {
    return;
  }
  const pod = await night.pod("revaluation");
  await stopComponent(customer, "kubelet", "freeze");
  try {
    await deletePod(night.siteApi, pod, "at once");
    await until({ what: `the pod ${pod.name} is removed`, limitSeconds: 60 }, () => isPodGone(night.siteApi, pod));
  } finally {
    await startComponent(customer, "kubelet");
  }
}

/** The closest equivalent for the baselines: the script's machine is shut down, and plain Argo's pod is evicted. */
async function baselinesEvicted(nights: readonly Night[]): Promise<readonly Promise<void>[]> {
  const argo = nightOf(nights, "argo resource", ArgoNight);
  const bash = nightOf(nights, "bash", BashNight);
  return [
    ...(bash === undefined ? [] : [(await bash.handle()).terminate()]),
    ...(argo === undefined ? [] : [evictPod(argo.siteApi, await argo.pod("revaluation"))]),
  ];
}

/** No node of this machine may really run out of anything: the kubelet is set to require more than there is. */
async function evictByKubelet({ central }: Site, night: NightlaneNight | undefined): Promise<void> {
  if (night === undefined) {
    return;
  }
  const pod = await night.pod("revaluation");
  await restartKubelet(["--eviction-hard=pid.available<100M"]);
  const what = `the kubelet evicts ${pod.name}`;
  await until({ what, limitSeconds: EVICTED_SECONDS }, () => isPodEvicted(central, pod));
}

async function restartKubelet(more: readonly string[]): Promise<void> {
  await stopComponent(SECOND_CENTRAL_NODE, "kubelet");
  await startComponent(SECOND_CENTRAL_NODE, "kubelet", more);
}

/** The first runner's pod is taken for gone while it brings results; the runner goes on, and so does its successor. */
async function bringTwice(site: Site, night: NightlaneNight | undefined, moment: () => Promise<void>): Promise<void> {
  if (night === undefined) {
    return;
  }
  const first = await night.handle();
  const pod = await night.pod("revaluation");
  const [one] = await night.untilBringing();
  await moment();
  await stopComponent(SECOND_CENTRAL_NODE, "kubelet", "kill");
  await deletePod(site.central, pod, "at once");
  await night.untilBringing(one);
  night.leaveBehind(first);
  if (!(await isAlive(first.processes[0]))) {
    throw new Error("the first runner had ended when the second one began");
  }
}
