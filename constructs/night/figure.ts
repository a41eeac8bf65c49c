import type { Figure } from "./step.ts";

/** A figure given by its place only, or in full. */
export function figureOf(figure: string | Figure): Figure {
  return typeof figure === "string" ? { place: figure } : figure;
}

/** A limit in hundredths; undefined for a text that is not one. */
export function percent(limit: string): number | undefined {
  const number = /^[0-9]{1,6}(\.[0-9]{1,6})?%$/.test(limit) ? Number.parseFloat(limit) : 0;
  return number > 0 ? number : undefined;
}
