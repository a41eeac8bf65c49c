import type { CustomObjectsApi } from "@kubernetes/client-node";
import { FORBIDDEN, ifAny } from "../api/api-error.ts";
import { NIGHTS_ONLY } from "../runs/annotations.ts";
import { NIGHT_ACTS, type NightAct } from "../runs/night-act.ts";
import { REAPER_SCHEDULE } from "../runs/run-name.ts";
import type { CronWorkflow } from "../runs/schedule.ts";
import { ARGO, type Workflow } from "../runs/workflow.ts";
import type { Requests } from "./requests.ts";

/** Queries across all lanes. The result is undefined for a person who may only see single lanes. */
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

  /** In one answer, since the API server reads that from memory and pages from its database. */
  private async all<Item>(
    what: string,
    wanted: Parameters<CustomObjectsApi["listClusterCustomObject"]>[0],
  ): Promise<readonly Item[] | undefined> {
    return this.requests.repeatable(what, async () => {
      const request = { ...wanted, resourceVersion: "0" };
      const list: Promise<{ readonly items: readonly Item[] }> = this.objects.listClusterCustomObject(request);
      return (await ifAny(list, FORBIDDEN))?.items;
    });
  }
}
