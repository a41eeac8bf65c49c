import type { TroubleKind } from "../../../runs/trouble.ts";
import type { Night, VariantName } from "../nights/night.ts";
import type { Site } from "../site/site.ts";

/** What a fault works with. */
export interface Stage {
  readonly site: Site;
  /** The nights it is injected into, one for each variant; it starts them itself. */
  readonly nights: readonly Night[];
  /**
   * The moment of injection, which every fault must reach: waited for where moments are drawn.
   * @param when `now` says that it is this one, for a fault whose moment is given by the night. @default "drawn"
   */
  moment(when?: "drawn" | "now"): Promise<void>;
  /** Waits until a night has ended, one way or another. */
  ended(night: Night): Promise<void>;
}

/** Undoes what a fault left behind, once the nights have ended. */
export type Fix = () => Promise<void>;

/** A fault of a real part at a moment of the night. */
export interface Fault {
  readonly name: string;
  /** For people: what happens, and when. */
  readonly what: string;
  /**
   * The message that a person must see where a person has to decide.
   * @default - nobody has to: the night finishes by itself
   */
  readonly held?: RegExp;
  /**
   * The trouble that a lane's night must show people while it lasts.
   * @default - none: it is over before anybody has to know
   */
  readonly told?: TroubleKind;
  /**
   * How many driver starts it explains.
   * @default 1
   */
  readonly drivers?: number;
  /**
   * Whether it affects a whole cluster, so that no other night may run meanwhile.
   * @default false
   */
  readonly alone?: boolean;
  /**
   * The cluster that needs a second node, to lose or to leave.
   * @default - one node is enough
   */
  readonly secondNode?: "central" | "customer";
  /**
   * Whether it can be tried only once in a farm, because it is bound to a date.
   * @default false
   */
  readonly once?: boolean;
  /** Starts the nights, injects the fault, and lets them go on. */
  inject(stage: Stage): Promise<Fix | undefined>;
  /** Looks for damage that the results do not show, and returns what it is. @default - nothing more is checked */
  inspect?(night: Night): Promise<string | undefined>;
}

/** Does the same to every night, all at the same time. */
export async function each({ nights }: Stage, inject: (night: Night) => Promise<void>): Promise<undefined> {
  await Promise.all(nights.map(inject));
}

/** Starts every night and waits until all drivers are computing; they go on until released. */
export async function allComputing(nights: readonly Night[]): Promise<void> {
  await Promise.all(nights.map((night) => night.hold()));
  await Promise.all(nights.map((night) => night.start()));
  await Promise.all(nights.map((night) => night.untilComputing()));
}

/** Lets the drivers of all nights finish. */
export async function releaseAll(nights: readonly Night[]): Promise<void> {
  await Promise.all(nights.map((night) => night.release()));
}

/** The night of a variant, if it takes part. */
export function nightOf<N extends Night>(
  nights: readonly Night[],
  variant: VariantName,
  type: new (...args: never[]) => N,
): N | undefined {
  const found = nights.find((night) => night.variant === variant);
  return found instanceof type ? found : undefined;
}
