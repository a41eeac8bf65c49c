import { defined } from "../../runs/defined.ts";
import { laneNamespace, ownerOf } from "../../runs/lane-namespace.ts";
import { askedAt, keptActName, type NightAct } from "../../runs/night-act.ts";
import { pipelineOfRun, seriesName, seriesOf } from "../../runs/night-series.ts";
import { CUSTOMER_LABEL } from "../../runs/run-record.ts";
import type { Central } from "../central.ts";
import { allLanes } from "../lanes.ts";
import type { View } from "../output.ts";
import { isWithin, type Period, requirePeriod } from "../period.ts";
import { table } from "../text/table.ts";

/** Which acts are wanted; days in UTC. */
export interface ActHistoryOptions extends Period {
  /** @default - of all customers */
  readonly customer?: string;
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

/** The newest acts of a period. */
export interface KeptActs {
  /** How many there are of which these are the newest. */
  readonly total: number;
  readonly items: readonly KeptAct[];
}

/**
 * The acts of a period: also those that were refused, those that still go on, and those of a customer whose lane is gone.
 * @throws OpsError usage, for a period that ends before it begins
 */
export async function actHistory(central: Central, options: ActHistoryOptions): Promise<KeptActs> {
  const { customer, limit } = options;
  requirePeriod(options);
  const wanted = customer === undefined ? undefined : seriesOf(customer);
  const [kept, open] = await Promise.all([central.keptActs(wanted?.customer), openActs(central, wanted?.customer)]);
  // Nightwatch keeps copies of acts that still go on, too.
  const going = new Set(open.map((act) => keptActName(customerOf(act), act.metadata)));
  const acts = [...kept.filter(({ metadata }) => !going.has(metadata.name)), ...open]
    .map(keptAct)
    .filter((act) => wanted?.pipeline === undefined || act.customer === customer)
    .filter(({ at }) => isWithin(options, at.slice(0, 10)))
    .sort((a, b) => b.at.localeCompare(a.at));
  return { total: acts.length, items: acts.slice(0, limit) };
}

/** What still goes on, lane by lane where all of them may not be seen at once. */
async function openActs(central: Central, customer: string | undefined): Promise<readonly NightAct[]> {
  const found = await central.openActs(customer === undefined ? undefined : laneNamespace(customer));
  if (found !== undefined) {
    return found;
  }
  const lanes = await allLanes(central);
  return (await Promise.all(lanes.map(({ namespace }) => central.openActs(namespace)))).flatMap((acts) => acts ?? []);
}

function keptAct(act: NightAct): KeptAct {
  const { spec, status } = act;
  const { by, verb, night, step, date, reason } = spec;
  // The night that it is about says more than the asker's word.
  const pipeline = night === undefined ? spec.pipeline : pipelineOfRun(night);
  return {
    customer: seriesName({ customer: customerOf(act), pipeline }),
    at: askedAt(act),
    by,
    verb,
    ...defined({ night, step, date }),
    reason,
    outcome: status?.phase ?? "Asked",
    message: status?.message ?? "",
  };
}

/** The customer of an act in a lane, or of a copy. */
function customerOf({ metadata }: NightAct): string {
  return metadata.labels?.[CUSTOMER_LABEL] ?? ownerOf(metadata.namespace);
}

const GOES_WELL: ReadonlySet<string> = new Set(["Done", "Accepted", "Asked"]);

/** One line for each act. */
export function renderActs({ items, total }: KeptActs, view: View): string {
  if (items.length === 0) {
    return "no act is known";
  }
  const heading = ["ASKED", "CUSTOMER", "BY", "VERB", "ABOUT", "OUTCOME", "REASON"];
  const rows = items.map(({ at, customer, by, verb, night, step, date, outcome, reason }) => [
    view.times.day(Date.parse(at), undefined),
    customer,
    by,
    verb,
    step ?? date ?? night ?? "-",
    outcome,
    reason,
  ]);
  const colors = items.map(({ outcome }) => (GOES_WELL.has(outcome) ? undefined : "red"));
  const more =
    total > items.length ? [view.paint("gray", `${items.length} of ${total} acts; --limit ${total} shows all`)] : [];
  return [table([heading, ...rows], { ...view, colors }), ...more].join("\n");
}
