import type { Figure } from "./step.ts";

/** A figure of which the file says the place alone, or all. */
export function figureOf(figure: string | Figure): Figure {
  return typeof figure === "string" ? { place: figure } : figure;
}

/** How many hundredths a limit is; undefined for a text that is none. */
export function percent(limit: string): number | undefined {
  const number = /^[0-9]{1,6}(\.[0-9]{1,6})?%$/.test(limit) ? Number.parseFloat(limit) : 0;
  return number > 0 ? number : undefined;
}
