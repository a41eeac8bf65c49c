import { ApiException, type CustomObjectsApi } from "@kubernetes/client-node";
import {
  CUSTOMER_LABEL,
  DATE_LABEL,
  RUN_RECORDS,
  type RunFacts,
  type RunRecord,
  recordName,
} from "../../runs/run-record.ts";

const PAGE = 200;

/** Run records in the platform's namespace. */
export class RecordStore {
  constructor(
    private readonly objects: CustomObjectsApi,
    private readonly namespace: string,
  ) {}

  /** Every record, page by page. */
  async *all(labelSelector?: string): AsyncIterable<RunRecord> {
    let next: string | undefined;
    do {
      const page: { items: readonly RunRecord[]; metadata: { continue?: string } } =
        await this.objects.listNamespacedCustomObject({
          ...RUN_RECORDS,
          namespace: this.namespace,
          limit: PAGE,
          ...(labelSelector === undefined ? {} : { labelSelector }),
          ...(next === undefined ? {} : { _continue: next }),
        });
      yield* page.items;
      next = page.metadata.continue || undefined;
    } while (next !== undefined);
  }

  /** The facts of one run of a business date; of two under the same number, the one that was recorded last. */
  async findRun(customer: string, businessDate: string, runNumber: number): Promise<RunFacts | undefined> {
    let found: RunRecord | undefined;
    for await (const record of this.all(`${CUSTOMER_LABEL}=${customer},${DATE_LABEL}=${businessDate}`)) {
      const newer = (record.metadata.creationTimestamp ?? "") >= (found?.metadata.creationTimestamp ?? "");
      if (record.spec.runNumber === runNumber && newer) {
        found = record;
      }
    }
    return found?.spec;
  }

  /** Writes a record whole: what it says is a function of the run, so the last writer is right. */
  async write(facts: RunFacts): Promise<void> {
    const first = await this.find(recordName(facts.customer, facts.night));
    // A deleted workflow's name may come again: the second run of that name gets a record of its own.
    const taken = first !== undefined && first.spec.uid !== facts.uid;
    const name = recordName(facts.customer, facts.night, taken ? facts.uid : undefined);
    const before = taken ? await this.find(name) : first;
    const body = this.record(name, facts, before?.metadata.resourceVersion);
    const request = { ...RUN_RECORDS, namespace: this.namespace, body };
    if (before === undefined) {
      await this.objects.createNamespacedCustomObject(request);
    } else {
      await this.objects.replaceNamespacedCustomObject({ ...request, name });
    }
  }

  async remove(name: string): Promise<void> {
    await this.objects.deleteNamespacedCustomObject({ ...RUN_RECORDS, namespace: this.namespace, name });
  }

  /** The record of that name; undefined if there is none. */
  private async find(name: string): Promise<RunRecord | undefined> {
    try {
      return await this.objects.getNamespacedCustomObject({ ...RUN_RECORDS, namespace: this.namespace, name });
    } catch (error) {
      if (error instanceof ApiException && error.code === 404) {
        return undefined;
      }
      throw error;
    }
  }

  private record(name: string, facts: RunFacts, resourceVersion: string | undefined): RunRecord {
    return {
      apiVersion: "nightlane.example/v1",
      kind: "RunRecord",
      metadata: {
        name,
        namespace: this.namespace,
        labels: {
          "app.kubernetes.io/managed-by": "nightlane",
          [CUSTOMER_LABEL]: facts.customer,
          ...(facts.businessDate === undefined ? {} : { [DATE_LABEL]: facts.businessDate }),
        },
        ...(resourceVersion === undefined ? {} : { resourceVersion }),
      },
      spec: facts,
    };
  }
}
