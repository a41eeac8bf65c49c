import type { CustomObjectsApi } from "@kubernetes/client-node";
import { NIGHTS_ONLY } from "../runs/annotations.ts";
import { NIGHT_SCHEDULE } from "../runs/run-name.ts";
import type { CronWorkflow } from "../runs/schedule.ts";
import type { Workflow } from "../runs/workflow.ts";
import { FORBIDDEN, statusOf } from "./central-errors.ts";
import type { Requests } from "./requests.ts";

const ARGO = { group: "argoproj.io", version: "v1alpha1" } as const;

/** Schedules are small, ... */
const SCHEDULES_IN_A_PAGE = 500;
/** ... nights are not. */
const NIGHTS_IN_A_PAGE = 100;

interface Page<Item> {
  readonly items: readonly Item[];
  readonly metadata: { readonly continue?: string };
}

/** What is asked of all lanes at once, in a few requests. Undefined for whoever may see single lanes only. */
export class Everywhere {
  constructor(
    private readonly requests: Requests,
    private readonly objects: CustomObjectsApi,
  ) {}

  /** The schedules of the nights of all lanes. */
  async schedules(): Promise<readonly CronWorkflow[] | undefined> {
    const fieldSelector = `metadata.name=${NIGHT_SCHEDULE}`;
    return this.all("list the schedules of all lanes", {
      plural: "cronworkflows",
      fieldSelector,
      limit: SCHEDULES_IN_A_PAGE,
    });
  }

  /** The nights of all lanes that have not ended, with everything in them. */
  async runningNights(): Promise<readonly Workflow[] | undefined> {
    const labelSelector = `workflows.argoproj.io/completed!=true,${NIGHTS_ONLY}`;
    return this.all("list the running nights of all lanes", {
      plural: "workflows",
      labelSelector,
      limit: NIGHTS_IN_A_PAGE,
    });
  }

  private async all<Item>(
    what: string,
    wanted: { readonly plural: string; readonly limit: number; labelSelector?: string; fieldSelector?: string },
  ): Promise<readonly Item[] | undefined> {
    const found: Item[] = [];
    let next: string | undefined;
    do {
      const request = { ...ARGO, ...wanted, ...(next === undefined ? {} : { _continue: next }) };
      const page = await this.unlessRefused(
        what,
        (): Promise<Page<Item>> => this.objects.listClusterCustomObject(request),
      );
      if (page === undefined) {
        return undefined;
      }
      found.push(...page.items);
      next = page.metadata.continue || undefined;
    } while (next !== undefined);
    return found;
  }

  private async unlessRefused<Result>(what: string, request: () => Promise<Result>): Promise<Result | undefined> {
    return this.requests.repeatable(what, async () => {
      try {
        return await request();
      } catch (error) {
        if (statusOf(error) === FORBIDDEN) {
          return undefined;
        }
        throw error;
      }
    });
  }
}
