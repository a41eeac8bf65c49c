import { setTimeout as delay } from "node:timers/promises";
import { killCluster } from "../../farm/component-control.ts";
import { farmCommand } from "../../farm/farm-command.ts";
import { customerClusterId, secondNodeOf } from "../../farm/plan.ts";
import { until } from "../../farm/wait.ts";
import { isChanged } from "../injection/creation-probe.ts";
import { cordon, declareBack, declareOutOfService, untilNotReady } from "../injection/nodes.ts";
import { evictPod } from "../injection/pods.ts";
import { addWebhook } from "../injection/webhook.ts";
import type { Night } from "../nights/night.ts";
import type { Site } from "../site/site.ts";
import { allComputing, type Fault, releaseAll } from "./fault.ts";

/** What Spark puts on its executors' pods, and nobody else on any. */
const EXECUTOR_LABEL = "spark-exec-id";

/** Time for people to read about it: longer than a node takes to count as lost and a runner to report it. */
const READ_SECONDS = 240;

/** A driver is evicted; or a node of the customer's cluster loses power, and everything on it ends at once. */
export const customerNodeFaults: readonly Fault[] = [
  {
    name: "driver-evicted",
    what: "the driver is evicted while it computes, as by a drain of its node",
    // The Job restarts an evicted driver: its program did not fail.
    drivers: 2,
    inject: async ({ site, nights, moment }) => {
      await allComputing(nights);
      await moment();
      const { remoteApi, namespace } = site;
      const pods = nights.flatMap((night) => night.drivers().map(({ pod }) => pod));
      await Promise.all(pods.map((name) => evictPod(remoteApi, { namespace, name })));
      await releaseAll(nights);
      return undefined;
    },
  },
  {
    name: "driver-node-lost",
    what: "the driver's node loses its power, and is declared out of service once people have read about it",
    told: "node-lost",
    alone: true,
    secondNode: "customer",
    // The Job restarts a driver whose pod was removed with its node.
    drivers: 2,
    inject: async ({ site, nights, moment }) => {
      const { first, second } = nodesOf(site);
      const { remoteApi } = site;
      await cordon(remoteApi, second, false);
      await cordon(remoteApi, first, true);
      try {
        await allComputing(nights);
      } finally {
        await cordon(remoteApi, first, false);
        await cordon(remoteApi, second, true);
      }
      await moment();
      await killCluster(second);
      await untilNotReady(remoteApi, second);
      await readAbout(nights);
      await declareOutOfService(remoteApi, second);
      await releaseAll(nights);
      return () => powerOn(site);
    },
  },
  {
    name: "executor-node-lost",
    what: "the node of the only executor loses its power, and is declared out of service",
    alone: true,
    secondNode: "customer",
    inject: async ({ site, nights, moment }) => {
      const { second } = nodesOf(site);
      const { remoteApi } = site;
      const remove = await addWebhook(site, {
        name: "placement",
        kind: "pods",
        label: EXECUTOR_LABEL,
        change: () => [{ op: "add", path: "/spec/nodeName", value: second }],
        isAsked: () => isChanged(site, "pods", ({ spec }) => spec.nodeName === second, EXECUTOR_LABEL),
      });
      try {
        await allComputing(nights);
      } finally {
        await remove();
      }
      await moment();
      await killCluster(second);
      await untilNotReady(remoteApi, second);
      await declareOutOfService(remoteApi, second);
      await releaseAll(nights);
      return () => powerOn(site);
    },
  },
];

function nodesOf({ customer }: Site): { readonly first: string; readonly second: string } {
  const first = customerClusterId(customer.name);
  return { first, second: secondNodeOf(first) };
}

/** The farm brings the node back as after a reboot. */
async function powerOn(site: Site): Promise<void> {
  await farmCommand("up", "--customer-nodes", "2");
  await declareBack(site.remoteApi, nodesOf(site).second);
}

/** Waits until every lane's night shows people the trouble; the baselines show nothing, so they get the same time. */
async function readAbout(nights: readonly Night[]): Promise<void> {
  const lanes = nights.filter(({ variant }) => variant === "nightlane");
  const isNoticed = async (): Promise<boolean> =>
    (await Promise.all(lanes.map((night) => night.notice()))).every(Boolean);
  if (lanes.length === 0) {
    await delay(READ_SECONDS * 1000);
  } else {
    await until({ what: "people are shown the lost node", limitSeconds: READ_SECONDS }, isNoticed);
  }
}
