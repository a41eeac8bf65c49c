import { ARGO_NAMESPACE } from "../../../constructs/definition/central-cluster.ts";
import { CONTROLLER_LABELS } from "../../../constructs/platform/argo-controller.ts";
import type { Api } from "../../boundary/api.ts";
import { startComponent, stopComponent } from "../../farm/component-control.ts";
import { SECOND_CENTRAL_NODE } from "../../farm/plan.ts";
import { until } from "../../farm/wait.ts";
import { crashPods, deletePod, isPodGone } from "../harm/pods.ts";
import { ArgoNight } from "../nights/argo-night.ts";
import { BashNight } from "../nights/bash-night.ts";
import { NightlaneNight } from "../nights/nightlane-night.ts";
import { ARGO_BASELINE } from "../site/argo-baseline.ts";
import { allComputing, type Fault, nightOf, releaseAll } from "./fault.ts";

const FIRST_NODE = "central";

/** Node controllers wait for 50 seconds before they take a silent node for lost. */
const LOST_SECONDS = 240;

const OUT_OF_SERVICE = { key: "node.kubernetes.io/out-of-service", value: "nodeshutdown", effect: "NoExecute" };

/** What runs the nights is struck: for bash that is this machine, for plain Argo the cluster that it shares. */
export const centralStruck: readonly Fault[] = [
  {
    name: "node-lost",
    what: "the runner's node falls silent, is declared out of service, and its runner goes on unseen",
    alone: true,
    strike: async ({ site, nights, moment }) => {
      const { central } = site;
      await cordon(central, SECOND_CENTRAL_NODE, false);
      await cordon(central, FIRST_NODE, true);
      try {
        await allComputing(nights);
      } finally {
        await cordon(central, FIRST_NODE, false);
      }
      await moment();
      await Promise.all([
        loseCentralNode(central, nightOf(nights, "nightlane", NightlaneNight)),
        nightOf(nights, "bash", BashNight)?.cleanUp(),
        loseCustomerNode(site.customer.name, nightOf(nights, "argo resource", ArgoNight)),
      ]);
      await releaseAll(nights);
      return async () => {
        await startComponent(SECOND_CENTRAL_NODE, "kubelet");
        await central.call({ method: "PATCH", path: nodePath(SECOND_CENTRAL_NODE), body: { spec: { taints: null } } });
        await cordon(central, SECOND_CENTRAL_NODE, true);
      };
    },
  },
  {
    name: "argo-controller-killed",
    what: "Argo's controller is killed while the driver computes",
    alone: true,
    strike: async ({ site, nights, moment }) => {
      await allComputing(nights);
      await moment();
      const selector = Object.entries(CONTROLLER_LABELS).map(([key, value]) => `${key}=${value}`);
      await crashPods(site.central, ARGO_NAMESPACE, selector.join(","));
      if (nightOf(nights, "argo resource", ArgoNight) !== undefined) {
        await crashPods(site.remoteApi, ARGO_BASELINE, "app=workflow-controller");
      }
      await releaseAll(nights);
      return undefined;
    },
  },
  {
    name: "central-api-restarted",
    what: "the API server that the night's workflow is in is killed and comes back",
    alone: true,
    strike: async (stage) => {
      const inCustomer = stage.nights.filter((night) => night.variant === "argo resource");
      const elsewhere = stage.nights.filter((night) => night.variant !== "argo resource");
      await restart(stage.moment, FIRST_NODE, elsewhere);
      // That one is the customer's, which the others must not lose.
      for (const night of elsewhere) await stage.ended(night);
      await restart(stage.moment, stage.site.customer.name, inCustomer);
      return undefined;
    },
  },
];

async function restart(
  moment: () => Promise<void>,
  cluster: string,
  nights: Parameters<typeof allComputing>[0],
): Promise<void> {
  if (nights.length === 0) return;
  await allComputing(nights);
  await moment();
  await stopComponent(cluster, "kube-apiserver", "kill");
  await releaseAll(nights);
  await startComponent(cluster, "kube-apiserver");
}

/** The kubelet ends, its containers run on; an administrator says that the machine is off. */
async function loseCentralNode(central: Api, night: NightlaneNight | undefined): Promise<void> {
  if (night === undefined) return;
  const pod = await night.pod("revaluation");
  await stopComponent(SECOND_CENTRAL_NODE, "kubelet", "kill");
  const taints = [OUT_OF_SERVICE];
  await central.call({ method: "PATCH", path: nodePath(SECOND_CENTRAL_NODE), body: { spec: { taints } } });
  const what = `the pod ${pod.name} of the lost node is removed`;
  await until({ what, limitSeconds: LOST_SECONDS, everyMilliseconds: 500 }, () => isPodGone(central, pod));
  await cordon(central, SECOND_CENTRAL_NODE, true);
}

/** The only node there must not be lost: its kubelet falls silent until the pod's removal is forced. */
async function loseCustomerNode(customer: string, night: ArgoNight | undefined): Promise<void> {
  if (night === undefined) return;
  const pod = await night.pod("revaluation");
  await stopComponent(customer, "kubelet", "freeze");
  try {
    await deletePod(night.siteApi, pod, "at once");
    await until({ what: `the pod ${pod.name} is removed`, limitSeconds: 60 }, () => isPodGone(night.siteApi, pod));
  } finally {
    await startComponent(customer, "kubelet");
  }
}

function nodePath(node: string): string {
  return `/api/v1/nodes/${node}`;
}

/** Keeps new pods off a node, or lets them come. */
export async function cordon(central: Api, node: string, unschedulable: boolean): Promise<void> {
  const { status } = await central.call({ method: "PATCH", path: nodePath(node), body: { spec: { unschedulable } } });
  if (status !== 200)
    throw new Error(`node ${node} could not be ${unschedulable ? "cordoned" : "uncordoned"}: ${status}`);
}
