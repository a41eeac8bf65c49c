import { laneNamespace } from "../runs/lane-namespace.ts";
import { isSameSeries, NIGHTLY, type NightSeries, seriesName, seriesOf } from "../runs/night-series.ts";
import { meantNames } from "../runs/similar-names.ts";
import type { Central } from "./central.ts";
import { ExitCode, OpsError } from "./exit-code.ts";
import { unknownName } from "./unknown-name.ts";

/** The nightly ones of a customer, or its further nights, and the lane that they are in. */
export interface Lane {
  /** As people type and read it: `nordbank`, or `nordbank/month-end` for further nights. */
  readonly customer: string;
  readonly series: NightSeries;
  /** Of these nights: `night`, or the name of further ones. */
  readonly pipeline: string;
  readonly namespace: string;
  /** Whether the lane is gone, and only its run records are left. @default false */
  readonly removed?: boolean;
}

/**
 * All lanes of the central cluster, by customer name. Only the cluster knows which exist: a person's checkout may be
 * older, or newer.
 */
export async function allLanes(central: Central): Promise<readonly Lane[]> {
  const customers = await central.customers();
  return [...customers].sort().map((customer) => laneWith({ customer }));
}

/** The lane of some nights. */
export function laneWith(series: NightSeries): Lane {
  const { customer, pipeline = NIGHTLY } = series;
  return { customer: seriesName(series), series, pipeline, namespace: laneNamespace(customer) };
}

/**
 * The lane of a customer, or of its further nights: `nordbank/month-end`.
 * @throws OpsError notFound, with the names that may have been meant
 */
export async function laneOf(central: Central, name: string): Promise<Lane> {
  const { customer, pipeline } = seriesOf(name);
  const lanes = await allLanes(central);
  const lane = lanes.find((one) => one.customer === customer);
  if (lane === undefined) {
    throw new OpsError(
      ExitCode.notFound,
      `there is no customer ${JSON.stringify(customer)} in the central cluster: the name is wrong, or it was never deployed`,
      meantNames(
        customer,
        lanes.map((one) => one.customer),
      ),
    );
  }
  if (pipeline === undefined) {
    return lane;
  }
  const further = await central.furtherNights(lane.namespace);
  if (!further.includes(pipeline)) {
    throw unknownName(`schedule of further nights of ${customer}`, pipeline, further);
  }
  return laneWith({ customer, pipeline });
}

/** The lane of a customer, or what its records say of it when the lane itself is gone. */
export async function laneOrPast(central: Central, name: string): Promise<Lane> {
  try {
    return await laneOf(central, name);
  } catch (error) {
    const known = error instanceof OpsError && error.code === ExitCode.notFound;
    const lane = laneWith(seriesOf(name));
    const { customer } = lane.series;
    const heads = known ? await central.runRecords.heads({ customer }) : [];
    if (heads.some(({ series }) => isSameSeries(series, lane.series))) {
      return { ...lane, removed: true };
    }
    throw error;
  }
}
