import { randomFrom } from "../chaos/draw.ts";
import { type SoakFault, UNDISTURBED_MINUTES } from "./soak-faults.ts";

/** A night that is to come due. */
export interface PlannedNight {
  readonly customer: string;
  /** Minutes after the begin of its round. */
  readonly minute: number;
  /** What happens to it. @default - nothing */
  readonly fault?: SoakFault;
  /** Milliseconds that the fault waits at its moment. */
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

/** Share of the nights that something happens to. */
const STRUCK = 0.75;

/** Longest wait of a fault at its moment. */
const LONGEST_WAIT_MILLISECONDS = 8000;

/**
 * Who is due when, and what happens meanwhile: the same for the same seed and minutes. The first night is left alone,
 * since its results are what all others are compared with. Each fault is drawn once before any is drawn again. A round
 * has one fault that strikes a whole cluster at most, and none beside one that strikes the platform.
 */
export function plan({ customers, faults, minutes, seed }: PlanProps): readonly Round[] {
  const random = randomFrom(seed);
  const rounds: Round[] = [];
  let deck: readonly SoakFault[] = [];
  let elapsed = 0;
  // The first round comes also where there is hardly time for it: a soak without a night says nothing.
  while (rounds.length === 0 || elapsed + customers.length - 1 + UNDISTURBED_MINUTES <= minutes) {
    const struck: SoakFault[] = [];
    const draw = (minute: number): SoakFault | undefined => {
      if (deck.length === 0) deck = shuffled(faults, random);
      const left = Math.max(minutes - elapsed - minute, UNDISTURBED_MINUTES);
      const drawn = deck.find((fault) => fault.minutes <= left && goesWith(fault, struck));
      if (drawn === undefined) return undefined;
      deck = deck.filter((fault) => fault !== drawn);
      struck.push(drawn);
      return drawn;
    };
    const nights = shuffled(customers, random).map((customer, minute): PlannedNight => {
      const isFirst = rounds.length === 0 && minute === 0;
      const fault = !isFirst && random() < STRUCK ? draw(minute) : undefined;
      const wait = Math.round(random() * LONGEST_WAIT_MILLISECONDS);
      return { customer, minute, wait, ...(fault === undefined ? {} : { fault }) };
    });
    const round = Math.max(...nights.map(({ minute, fault }) => minute + (fault?.minutes ?? UNDISTURBED_MINUTES)));
    rounds.push({ nights, minutes: round });
    elapsed += round;
  }
  return rounds;
}

function goesWith({ reach }: SoakFault, struck: readonly SoakFault[]): boolean {
  if (reach === "platform") return struck.length === 0;
  return struck.every((other) => other.reach === "night" || (other.reach === "cluster" && reach === "night"));
}

function shuffled<T>(items: readonly T[], random: () => number): readonly T[] {
  return items
    .map((item) => ({ item, place: random() }))
    .sort((one, other) => one.place - other.place)
    .map(({ item }) => item);
}
