import { ARGO_NAMESPACE } from "../../../constructs/definition/central-cluster.ts";
import { CONTROLLER_LABELS } from "../../../constructs/platform/argo-controller.ts";
import { startComponent, stopComponent } from "../../farm/component-control.ts";
import { CENTRAL_ID } from "../../farm/plan.ts";
import { crashPods, scaleDeployment } from "../injection/pods.ts";
import { ArgoNight } from "../nights/argo-night.ts";
import type { Night } from "../nights/night.ts";
import { ARGO_BASELINE } from "../site/argo-baseline.ts";
import type { Site } from "../site/site.ts";
import { allComputing, type Fault, nightOf, releaseAll } from "./fault.ts";

/** Faults of what runs the nights: for bash that is this machine, for plain Argo the cluster that it shares. */
export const centralFaults: readonly Fault[] = [
  {
    name: "argo-controller-killed",
    what: "Argo's controller is killed while the driver computes",
    alone: true,
    inject: async ({ site, nights, moment }) => {
      await allComputing(nights);
      await moment();
      await killControllers(site, nights);
      await releaseAll(nights);
      return undefined;
    },
  },
  {
    name: "central-api-restarted",
    what: "the API server that the night's workflow is in is killed and comes back",
    alone: true,
    inject: async (stage) => {
      const inCustomer = stage.nights.filter((night) => night.variant === "argo resource");
      const elsewhere = stage.nights.filter((night) => night.variant !== "argo resource");
      await restart(stage.moment, CENTRAL_ID, elsewhere);
      // That one is the customer's, which the others must not lose.
      for (const night of elsewhere) {
        await stage.ended(night);
      }
      await restart(stage.moment, stage.site.customer.name, inCustomer);
      return undefined;
    },
  },
];

/** Kills Argo's controller, and plain Argo's where that takes part; their Deployments start them again. */
export async function killControllers(site: Site, nights: readonly Night[]): Promise<void> {
  const selector = Object.entries(CONTROLLER_LABELS).map(([key, value]) => `${key}=${value}`);
  await crashPods(site.central, ARGO_NAMESPACE, selector.join(","));
  if (nightOf(nights, "argo resource", ArgoNight) !== undefined) {
    await crashPods(site.remoteApi, ARGO_BASELINE, "app=workflow-controller");
  }
}

/** Takes the same controllers away. @returns what brings them back */
export async function removeControllers(site: Site, nights: readonly Night[]): Promise<() => Promise<void>> {
  const baseline = nightOf(nights, "argo resource", ArgoNight) !== undefined;
  const scale = async (replicas: number): Promise<void> => {
    await scaleDeployment(site.central, ARGO_NAMESPACE, "workflow-controller", replicas);
    if (baseline) {
      await scaleDeployment(site.remoteApi, ARGO_BASELINE, "workflow-controller", replicas);
    }
  };
  await scale(0);
  return () => scale(1);
}

async function restart(moment: () => Promise<void>, cluster: string, nights: readonly Night[]): Promise<void> {
  if (nights.length === 0) {
    return;
  }
  await allComputing(nights);
  await moment();
  await stopComponent(cluster, "kube-apiserver", "kill");
  await releaseAll(nights);
  await startComponent(cluster, "kube-apiserver");
}
