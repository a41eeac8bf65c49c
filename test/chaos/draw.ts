import { withKilledController } from "./faults/controller-faults.ts";
import type { Fault } from "./faults/fault.ts";

/** Longest wait before a fault is injected at a random moment. */
const LONGEST_WAIT_MILLISECONDS = 8000;

/** Share of the nights in which Argo's controller is killed at that moment too. */
const WITHOUT_CONTROLLER = 0.3;

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A fault, and how long to wait for its moment. */
export interface Draw {
  readonly fault: Fault;
  /** Milliseconds. @default - the fault's own moment */
  readonly moment?: () => number;
}

/** Draws a fault and a moment for each of a number of nights, and whether Argo's controller is killed as well. */
export function draw(faults: readonly Fault[], nights: number, seed: number): readonly Draw[] {
  const random = randomFrom(seed);
  const drawn = new Set<Fault>();
  return Array.from({ length: nights }, () => {
    const left = faults.filter((fault) => fault.once !== true || !drawn.has(fault));
    const fault = left[Math.floor(random() * left.length)];
    if (fault === undefined) {
      throw new Error("there is no fault left to draw");
    }
    drawn.add(fault);
    const wait = Math.round(random() * LONGEST_WAIT_MILLISECONDS);
    const alsoController = random() < WITHOUT_CONTROLLER && !/controller|central/.test(fault.name);
    return { fault: alsoController ? withKilledController(fault) : fault, moment: () => wait };
  });
}
