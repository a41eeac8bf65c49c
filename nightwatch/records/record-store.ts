import { ApiException, type CustomObjectsApi } from "@kubernetes/client-node";
import type { Head } from "../../api/pages.ts";
import type { Day } from "../../runs/local-time.ts";
import { isSameSeries, type NightSeries, pipelineOfRun, seriesName } from "../../runs/night-series.ts";
import { isOver, neverStarted, UNRESOLVED } from "../../runs/phases.ts";
import {
  CUSTOMER_LABEL,
  DATE_LABEL,
  ENDED_LABEL,
  PHASE_LABEL,
  RUN_RECORDS,
  type RunFacts,
  type RunRecord,
  recordName,
} from "../../runs/run-record.ts";
import { listObjects, type Reader } from "../watch/list-objects.ts";

/** Name and version of a record that was read or written. */
interface Known {
  readonly name: string;
  readonly resourceVersion: string | undefined;
}

/** Run records in the platform's namespace. */
export class RecordStore {
  /** By UID of the run, so that a record can be written without reading it first. */
  private readonly known = new Map<string, Known>();

  private readonly objects: CustomObjectsApi;

  constructor(
    private readonly reader: Reader,
    private readonly namespace: string,
  ) {
    this.objects = reader.objects;
  }

  /** The records that matter for the given dates: theirs, those without a date, and those of runs that have not ended. */
  async *recent(dates: readonly Day[]): AsyncIterable<RunRecord> {
    const selectors = [
      `${DATE_LABEL} in (${dates.join(",")})`,
      `!${DATE_LABEL}`,
      `!${ENDED_LABEL},${DATE_LABEL},${DATE_LABEL} notin (${dates.join(",")})`,
    ];
    for (const selector of selectors) {
      yield* this.all(selector);
    }
  }

  /** The records of runs that ended without success, of all dates but the given ones on which no run ended well. */
  async *unresolved(but: readonly Day[]): AsyncIterable<RunRecord> {
    const failed = new Map<Day, RunRecord[]>();
    const selector = `${PHASE_LABEL} in (${UNRESOLVED.join(",")}),${DATE_LABEL},${DATE_LABEL} notin (${but.join(",")})`;
    for await (const record of this.list<RunRecord>(selector)) {
      const date = record.metadata.labels?.[DATE_LABEL] ?? "";
      failed.set(date, [...(failed.get(date) ?? []), record]);
    }
    for (const [date, records] of failed) {
      const good = new Set<string>();
      for await (const { metadata } of this.list<Head>(`${PHASE_LABEL}=Succeeded,${DATE_LABEL}=${date}`, true)) {
        const customer = metadata.labels?.[CUSTOMER_LABEL] ?? "";
        good.add(seriesName({ customer, pipeline: pipelineOfRun(metadata.name.slice(customer.length + 1)) }));
      }
      for (const record of records) {
        if (!good.has(seriesName(record.spec))) {
          this.remember(record);
          yield record;
        }
      }
    }
  }

  /** Every record that a label selector matches. */
  async *all(labelSelector: string): AsyncIterable<RunRecord> {
    for await (const record of this.list<RunRecord>(labelSelector)) {
      this.remember(record);
      yield record;
    }
  }

  /** The records of customers, to learn from. */
  ofCustomers(customers: readonly string[]): AsyncIterable<RunRecord> {
    return this.list(`${CUSTOMER_LABEL} in (${customers.join(",")})`);
  }

  /** Every record but those of some dates, without its content. */
  heads(but: readonly Day[]): AsyncIterable<Head> {
    return this.list(`${DATE_LABEL} notin (${but.join(",")})`, true);
  }

  /** The facts of one run of a business date; of two with the same number, the one recorded last. */
  async findRun(series: NightSeries, businessDate: string, runNumber: number): Promise<RunFacts | undefined> {
    let found: RunRecord | undefined;
    for await (const record of this.all(`${CUSTOMER_LABEL}=${series.customer},${DATE_LABEL}=${businessDate}`)) {
      const newer = (record.metadata.creationTimestamp ?? "") >= (found?.metadata.creationTimestamp ?? "");
      if (isSameSeries(record.spec, series) && record.spec.runNumber === runNumber && newer) {
        found = record;
      }
    }
    return found?.spec;
  }

  /** Adds notifications and acts to a record, leaving the rest unchanged. */
  async noteLater({ customer, night, uid, notified, acts }: RunFacts): Promise<void> {
    const name = this.known.get(uid)?.name ?? recordName(customer, night);
    const record = await this.find(name);
    if (record?.spec.uid === uid) {
      const known = new Set(record.spec.acts.map(({ id }) => id));
      await this.write({
        ...record.spec,
        notified: [...new Set([...record.spec.notified, ...notified])],
        acts: [...record.spec.acts, ...acts.filter(({ id }) => !known.has(id))],
      });
    }
  }

  /**
   * Writes a whole record, which is a function of the run. If another writer changed it since it was last read, that
   * writer's notifications are kept.
   */
  async write(facts: RunFacts): Promise<void> {
    const known = this.known.get(facts.uid);
    try {
      await this.put(facts, known ?? { name: recordName(facts.customer, facts.night), resourceVersion: undefined });
    } catch (error) {
      if (!isConflict(error)) {
        throw error;
      }
      await this.writeOver(facts);
    }
  }

  async remove(name: string): Promise<void> {
    await this.objects.deleteNamespacedCustomObject({ ...RUN_RECORDS, namespace: this.namespace, name });
  }

  /** The record of that name; undefined if there is none. */
  async find(name: string): Promise<RunRecord | undefined> {
    try {
      const request = { ...RUN_RECORDS, namespace: this.namespace, name };
      const record: RunRecord = await this.objects.getNamespacedCustomObject(request);
      this.remember(record);
      return record;
    } catch (error) {
      if (error instanceof ApiException && error.code === 404) {
        return undefined;
      }
      throw error;
    }
  }

  /** Forgets the versions of dropped runs. */
  forget(uids: readonly string[]): void {
    for (const uid of uids) {
      this.known.delete(uid);
    }
  }

  private async writeOver(facts: RunFacts): Promise<void> {
    const first = await this.find(recordName(facts.customer, facts.night));
    // The name of a deleted workflow may be reused: the second run with that name gets its own record.
    const taken = first !== undefined && first.spec.uid !== facts.uid;
    const name = recordName(facts.customer, facts.night, taken ? facts.uid : undefined);
    const before = taken ? await this.find(name) : first;
    const notified = [...new Set([...(before?.spec.notified ?? []), ...facts.notified])];
    await this.put({ ...facts, notified }, { name, resourceVersion: before?.metadata.resourceVersion });
  }

  private async put(facts: RunFacts, { name, resourceVersion }: Known): Promise<void> {
    const body = this.record(name, facts, resourceVersion);
    const request = { ...RUN_RECORDS, namespace: this.namespace, body };
    const written: RunRecord =
      resourceVersion === undefined
        ? await this.objects.createNamespacedCustomObject(request)
        : await this.objects.replaceNamespacedCustomObject({ ...request, name });
    this.remember(written);
  }

  private remember({ metadata, spec }: RunRecord): void {
    this.known.set(spec.uid, { name: metadata.name, resourceVersion: metadata.resourceVersion });
  }

  private list<Item>(labelSelector: string, heads = false): AsyncIterable<Item> {
    return listObjects(this.reader, { ...RUN_RECORDS, namespace: this.namespace, labelSelector, heads });
  }

  private record(name: string, facts: RunFacts, resourceVersion: string | undefined): RunRecord {
    // A run that ended before its calendar belongs to the date of its start, and is resolved by another run of it.
    const date = facts.businessDate ?? facts.expectedDate;
    return {
      apiVersion: "nightlane.example/v1",
      kind: "RunRecord",
      metadata: {
        name,
        namespace: this.namespace,
        labels: {
          "app.kubernetes.io/managed-by": "nightlane",
          [CUSTOMER_LABEL]: facts.customer,
          [PHASE_LABEL]: facts.phase,
          ...(date === undefined ? {} : { [DATE_LABEL]: date }),
          ...(isOver(facts) || neverStarted(facts) ? { [ENDED_LABEL]: "true" } : {}),
        },
        ...(resourceVersion === undefined ? {} : { resourceVersion }),
      },
      spec: facts,
    };
  }
}

/** Another writer was faster, the name is taken, or the record was removed. */
function isConflict(error: unknown): boolean {
  return error instanceof ApiException && (error.code === 409 || error.code === 404);
}
