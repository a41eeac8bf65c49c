import type { CustomObjectsApi } from "@kubernetes/client-node";
import { rowsOf, type Table } from "../api/tables.ts";
import { SYSTEM_NAMESPACE } from "../constructs/definition/central-cluster.ts";
import { defined } from "../runs/defined.ts";
import type { Day } from "../runs/local-time.ts";
import { isSameSeries, type NightSeries } from "../runs/night-series.ts";
import type { NightPhase } from "../runs/phases.ts";
import {
  CUSTOMER_LABEL,
  DATE_LABEL,
  ENDED_LABEL,
  PHASE_LABEL,
  RUN_RECORDS,
  type RunRecord,
  seriesOfRecord,
} from "../runs/run-record.ts";
import { orUndefined, type Requests } from "./requests.ts";

/** A run record without its content. */
export interface RecordHead {
  readonly name: string;
  readonly customer: string;
  /** Which of the customer's nights it belongs to. */
  readonly series: NightSeries;
  /** When it was made, RFC 3339: within moments of the run's start. */
  readonly created: string;
  readonly businessDate?: string;
  /** Absent in records of earlier versions. */
  readonly phase?: string;
}

/** Which records are wanted. */
export interface WantedRecords {
  /** @default - those of all customers */
  readonly customer?: string;
  /** Business dates, or `none` for the runs that never had one. @default - of any date, and of none */
  readonly dates?: readonly Day[] | "none";
  /** Every business date but these. @default - see `dates` */
  readonly datesBut?: readonly Day[];
  /** @default - any */
  readonly phases?: readonly NightPhase[];
}

/** The run records in the platform's namespace. */
export class RunRecords {
  /** @param tables Asks for lists as tables. */
  constructor(
    private readonly requests: Requests,
    private readonly objects: CustomObjectsApi,
    private readonly tables: CustomObjectsApi,
  ) {}

  /** The whole records of a customer's nightly ones or further nights, oldest first. */
  async all(series: NightSeries): Promise<readonly RunRecord[]> {
    const records = await this.whole(`${CUSTOMER_LABEL}=${series.customer}`);
    return records.filter(({ spec }) => isSameSeries(spec, series));
  }

  /** The whole records of some business dates, of all customers. */
  async ofDates(dates: readonly Day[]): Promise<readonly RunRecord[]> {
    return this.whole(`${CUSTOMER_LABEL},${DATE_LABEL} in (${dates.join(",")})`);
  }

  /** The whole records of the runs that have not ended, of all customers. */
  async open(): Promise<readonly RunRecord[]> {
    return this.whole(`${CUSTOMER_LABEL},!${ENDED_LABEL}`);
  }

  /** One of them; undefined if there is none of that name. */
  async get(name: string): Promise<RunRecord | undefined> {
    return orUndefined(this.requests, `read the run record ${name}`, () =>
      this.objects.getNamespacedCustomObject({ ...RUN_RECORDS, namespace: SYSTEM_NAMESPACE, name }),
    );
  }

  /** Records without their content. */
  async heads(wanted: WantedRecords = {}): Promise<readonly RecordHead[]> {
    const table = await this.list<Table>(this.tables, selectorOf(wanted));
    const rows = table === undefined ? [] : rowsOf(table, ["Name", "Customer", "Date", "Phase", "Created"]);
    return rows.map(({ Name = "", Customer = "", Created = "", Date: businessDate, Phase: phase }) => ({
      name: Name,
      customer: Customer,
      series: seriesOfRecord(Customer, Name),
      created: Created,
      ...defined({ businessDate, phase }),
    }));
  }

  private async whole(labelSelector: string): Promise<readonly RunRecord[]> {
    return (await this.list<{ readonly items: readonly RunRecord[] }>(this.objects, labelSelector))?.items ?? [];
  }

  /**
   * In one answer, which the API server reads from memory. For a page it may look through the records of all customers in
   * its database, which takes longer than anybody waits.
   */
  private async list<List>(client: CustomObjectsApi, labelSelector: string): Promise<List | undefined> {
    const request = { ...RUN_RECORDS, namespace: SYSTEM_NAMESPACE, labelSelector, resourceVersion: "0" };
    return orUndefined(this.requests, "list the run records", () => client.listNamespacedCustomObject(request));
  }
}

function selectorOf({ customer, dates, datesBut, phases }: WantedRecords): string {
  return [
    customer === undefined ? CUSTOMER_LABEL : `${CUSTOMER_LABEL}=${customer}`,
    ...(dates === undefined ? [] : [dates === "none" ? `!${DATE_LABEL}` : `${DATE_LABEL} in (${dates.join(",")})`]),
    ...(datesBut === undefined ? [] : [DATE_LABEL, `${DATE_LABEL} notin (${datesBut.join(",")})`]),
    ...(phases === undefined ? [] : [`${PHASE_LABEL} in (${phases.join(",")})`]),
  ].join(",");
}
