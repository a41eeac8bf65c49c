import type { CustomObjectsApi } from "@kubernetes/client-node";
import { SYSTEM_NAMESPACE } from "../constructs/central-cluster.ts";
import { defined } from "../runs/defined.ts";
import { CUSTOMER_LABEL, DATE_LABEL, PHASE_LABEL, RUN_RECORDS, type RunRecord } from "../runs/run-record.ts";
import { HEADS, orUndefined, type Requests } from "./requests.ts";

/** A run record without its content. */
export interface RecordHead {
  readonly name: string;
  readonly customer: string;
  /** When it was made, RFC 3339: within moments of the run's start. */
  readonly created: string;
  readonly businessDate?: string;
  /** Absent in records of earlier versions. */
  readonly phase?: string;
}

/** How many records one answer holds at most. */
const PAGE = 200;

interface Page<Item> {
  // An empty list of heads comes without items.
  readonly items: readonly Item[] | null;
  readonly metadata: { readonly continue?: string };
}

/** The run records in the platform's namespace; there are none where the platform keeps none. */
export class RunRecords {
  constructor(
    private readonly requests: Requests,
    private readonly objects: CustomObjectsApi,
  ) {}

  /** Those of a customer, oldest first, with everything in them. */
  async all(customer: string): Promise<readonly RunRecord[]> {
    return this.pages<RunRecord>(`${CUSTOMER_LABEL}=${customer}`);
  }

  /** One of them; undefined if there is none of that name. */
  async get(name: string): Promise<RunRecord | undefined> {
    return orUndefined(this.requests, `read the run record ${name}`, () =>
      this.objects.getNamespacedCustomObject({ ...RUN_RECORDS, namespace: SYSTEM_NAMESPACE, name }),
    );
  }

  /** Those of one customer, or of all, without their content. */
  async heads(customer?: string): Promise<readonly RecordHead[]> {
    const selector = customer === undefined ? CUSTOMER_LABEL : `${CUSTOMER_LABEL}=${customer}`;
    const records = await this.pages<Pick<RunRecord, "metadata">>(selector, HEADS);
    return records.map(({ metadata }) => ({
      name: metadata.name,
      customer: metadata.labels[CUSTOMER_LABEL] ?? "",
      created: metadata.creationTimestamp ?? "",
      ...defined({ businessDate: metadata.labels[DATE_LABEL], phase: metadata.labels[PHASE_LABEL] }),
    }));
  }

  private async pages<Item>(labelSelector: string, options?: typeof HEADS): Promise<readonly Item[]> {
    const found: Item[] = [];
    let next: string | undefined;
    do {
      const place = { limit: PAGE, ...(next === undefined ? {} : { _continue: next }) };
      const request = { ...RUN_RECORDS, namespace: SYSTEM_NAMESPACE, labelSelector, ...place };
      const page: Page<Item> | undefined = await orUndefined(this.requests, "list the run records", () =>
        this.objects.listNamespacedCustomObject(request, options),
      );
      found.push(...(page?.items ?? []));
      next = page?.metadata.continue || undefined;
    } while (next !== undefined);
    return found;
  }
}
