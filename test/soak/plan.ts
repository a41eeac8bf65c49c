import { randomFrom } from "../chaos/draw.ts";
import { FAULT_FREE_MINUTES, type SoakFault } from "./soak-faults.ts";

/** A night that will come due. */
export interface PlannedNight {
  readonly customer: string;
  /** Minutes after the start of its round. */
  readonly minute: number;
  /** What happens to it. @default - nothing */
  readonly fault?: SoakFault;
  /** How long the fault waits at its moment, milliseconds. */
  readonly wait: number;
}

/** Nights of all customers, one each, that come due a minute apart. The next round begins when all have ended. */
export interface Round {
  readonly nights: readonly PlannedNight[];
  /** How long it should take. */
  readonly minutes: number;
}

/** What a plan is made from. */
export interface PlanProps {
  readonly customers: readonly string[];
  readonly faults: readonly SoakFault[];
  /** How long all of it should take. */
  readonly minutes: number;
  readonly seed: number;
}

/** Share of the nights that get a fault. */
const WITH_FAULT = 0.75;

/** Longest wait of a fault at its moment. */
const LONGEST_WAIT_MILLISECONDS = 8000;

/**
 * Which nights are due when, and with which faults: the same for the same seed and minutes. The first night is
 * fault-free, because all others are compared with its results. Each fault is drawn once before any is drawn again. A
 * round has at most one fault of a whole cluster, and no other fault beside one of the platform.
 */
export function plan({ customers, faults, minutes, seed }: PlanProps): readonly Round[] {
  const random = randomFrom(seed);
  const rounds: Round[] = [];
  let deck: readonly SoakFault[] = [];
  let elapsed = 0;
  // The first round comes even where there is hardly time for it: a soak without a night shows nothing.
  while (rounds.length === 0 || elapsed + customers.length - 1 + FAULT_FREE_MINUTES <= minutes) {
    const chosen: SoakFault[] = [];
    const draw = (minute: number): SoakFault | undefined => {
      if (deck.length === 0) {
        deck = shuffled(faults, random);
      }
      const left = Math.max(minutes - elapsed - minute, FAULT_FREE_MINUTES);
      const drawn = deck.find((fault) => fault.minutes <= left && goesWith(fault, chosen));
      if (drawn === undefined) {
        return undefined;
      }
      deck = deck.filter((fault) => fault !== drawn);
      chosen.push(drawn);
      return drawn;
    };
    const nights = shuffled(customers, random).map((customer, minute): PlannedNight => {
      const isFirst = rounds.length === 0 && minute === 0;
      const fault = !isFirst && random() < WITH_FAULT ? draw(minute) : undefined;
      const wait = Math.round(random() * LONGEST_WAIT_MILLISECONDS);
      return { customer, minute, wait, ...(fault === undefined ? {} : { fault }) };
    });
    const round = Math.max(...nights.map(({ minute, fault }) => minute + (fault?.minutes ?? FAULT_FREE_MINUTES)));
    rounds.push({ nights, minutes: round });
    elapsed += round;
  }
  return rounds;
}

function goesWith({ reach }: SoakFault, chosen: readonly SoakFault[]): boolean {
  if (reach === "platform") {
    return chosen.length === 0;
  }
  return chosen.every((other) => other.reach === "night" || (other.reach === "cluster" && reach === "night"));
}

function shuffled<T>(items: readonly T[], random: () => number): readonly T[] {
  return items
    .map((item) => ({ item, place: random() }))
    .sort((one, other) => one.place - other.place)
    .map(({ item }) => item);
}
