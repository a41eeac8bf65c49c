import type { CustomObjectsApi } from "@kubernetes/client-node";
import { NIGHTS_ONLY } from "../runs/annotations.ts";
import { NIGHT_ACTS, type NightAct } from "../runs/night-act.ts";
import { REAPER_SCHEDULE } from "../runs/run-name.ts";
import type { CronWorkflow } from "../runs/schedule.ts";
import type { Workflow } from "../runs/workflow.ts";
import { FORBIDDEN, statusOf } from "./central-errors.ts";
import type { Requests } from "./requests.ts";

const ARGO = { group: "argoproj.io", version: "v1alpha1" } as const;

/** What is asked of all lanes at once. Undefined for whoever may see single lanes only. */
export class Everywhere {
  constructor(
    private readonly requests: Requests,
    private readonly objects: CustomObjectsApi,
  ) {}

  /** The schedules of the nights of all lanes. */
  async schedules(): Promise<readonly CronWorkflow[] | undefined> {
    return this.all("list the schedules of all lanes", {
      ...ARGO,
      plural: "cronworkflows",
      fieldSelector: `metadata.name!=${REAPER_SCHEDULE}`,
    });
  }

  /** The nights of all lanes that have not ended, with everything in them. */
  async runningNights(): Promise<readonly Workflow[] | undefined> {
    return this.all("list the running nights of all lanes", {
      ...ARGO,
      plural: "workflows",
      labelSelector: `workflows.argoproj.io/completed!=true,${NIGHTS_ONLY}`,
    });
  }

  /** What people ask for in all lanes, and the kept copies of it. */
  async acts(): Promise<readonly NightAct[] | undefined> {
    return this.all("list the acts of all lanes", NIGHT_ACTS);
  }

  /** One answer holds them all: read from memory of the API server, which pages are not. */
  private async all<Item>(
    what: string,
    wanted: {
      readonly group: string;
      readonly version: string;
      readonly plural: string;
      readonly labelSelector?: string;
      readonly fieldSelector?: string;
    },
  ): Promise<readonly Item[] | undefined> {
    return this.requests.repeatable(what, async () => {
      try {
        const list: { readonly items: readonly Item[] } = await this.objects.listClusterCustomObject({
          ...wanted,
          resourceVersion: "0",
        });
        return list.items;
      } catch (error) {
        if (statusOf(error) === FORBIDDEN) {
          return undefined;
        }
        throw error;
      }
    });
  }
}
