import { defined } from "../../runs/defined.ts";
import type { Day } from "../../runs/local-time.ts";
import { actTime, type NightAct } from "../../runs/night-act.ts";
import { pipelineOfRun, seriesName, seriesOf } from "../../runs/night-series.ts";
import { CUSTOMER_LABEL } from "../../runs/run-record.ts";
import type { Central } from "../central.ts";
import type { View } from "../output.ts";
import { table } from "../text/table.ts";

/** Which acts are wanted. */
export interface ActHistoryOptions {
  /** @default - of all customers */
  readonly customer?: string;
  /** Days in UTC on which they were asked for. @default - from the oldest on */
  readonly from?: Day;
  /** @default - to the newest */
  readonly to?: Day;
  readonly limit: number;
}

/** One act, and what became of it. */
export interface KeptAct {
  readonly customer: string;
  /** When it was asked for, RFC 3339. */
  readonly at: string;
  readonly by: string;
  readonly verb: string;
  readonly night?: string;
  readonly step?: string;
  readonly date?: string;
  readonly reason: string;
  readonly outcome: string;
  readonly message: string;
}

/** The acts of a period, the newest first: also those that were refused, and those of a customer whose lane is gone. */
export async function actHistory(central: Central, options: ActHistoryOptions): Promise<readonly KeptAct[]> {
  const { customer, from = "", to = "9999", limit } = options;
  const wanted = customer === undefined ? undefined : seriesOf(customer);
  return (await central.keptActs(wanted?.customer))
    .map(keptAct)
    .filter((act) => wanted?.pipeline === undefined || act.customer === customer)
    .filter(({ at }) => at.slice(0, 10) >= from && at.slice(0, 10) <= to)
    .sort((a, b) => b.at.localeCompare(a.at))
    .slice(0, limit);
}

function keptAct({ metadata, spec, status }: NightAct): KeptAct {
  const { by, verb, night, step, date, reason } = spec;
  const pipeline = spec.pipeline ?? pipelineOfRun(night ?? "");
  return {
    customer: seriesName({ customer: metadata.labels?.[CUSTOMER_LABEL] ?? "", pipeline }),
    at: new Date(actTime(metadata.name)).toISOString(),
    by,
    verb,
    ...defined({ night, step, date }),
    reason,
    outcome: status?.phase ?? "",
    message: status?.message ?? "",
  };
}

/** One line for each act. */
export function renderActs(acts: readonly KeptAct[], view: View): string {
  if (acts.length === 0) {
    return "no act is known";
  }
  const heading = ["ASKED", "CUSTOMER", "BY", "VERB", "ABOUT", "OUTCOME", "REASON"];
  const rows = acts.map(({ at, customer, by, verb, night, step, date, outcome, reason }) => [
    view.times.day(Date.parse(at), undefined),
    customer,
    by,
    verb,
    step ?? date ?? night ?? "-",
    outcome,
    reason,
  ]);
  const colors = acts.map(({ outcome }) => (outcome === "Done" ? undefined : "red"));
  return table([heading, ...rows], { ...view, colors });
}
