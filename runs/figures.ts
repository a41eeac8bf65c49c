import { isObject, parsedObject } from "./json.ts";

/** A number among a step's results, as the runner found it. */
export interface FigureFacts {
  /** As it is in the file. */
  readonly value: string;
  /** The value of the last business date before that had one. @default - it is the first */
  readonly before?: string;
  /** That date, `YYYY-MM-DD`. */
  readonly on?: string;
}

/** Figures by their names. */
export type Figures = Readonly<Record<string, FigureFacts>>;

const NAME = /^[A-Za-z0-9][A-Za-z0-9 ._-]{0,39}$/;
const NUMBER = /^-?[0-9][0-9.eE+-]{0,63}$/;
const DAY = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;

/** Reads the figures that a runner reported; anything else is left out, since a runner may be compromised. */
export function readFigures(reported: unknown): Figures | undefined {
  const entries = Object.entries(isObject(reported) ? reported : {}).flatMap(([name, one]) => {
    const { value, before, on } = isObject(one) ? one : {};
    if (!NAME.test(name) || !matches(value, NUMBER)) {
      return [];
    }
    return [[name, matches(before, NUMBER) && matches(on, DAY) ? { value, before, on } : { value }] as const];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** The figures in the output parameter `results` of an attempt, each beside the one before. */
export function figureTexts(results: string | undefined): readonly string[] {
  return shownFigures(results === undefined ? undefined : readFigures(parsedObject(results)?.figures));
}

/** Figures as people read them. */
export function shownFigures(figures: Figures = {}): readonly string[] {
  return Object.entries(figures).map(([name, figure]) => figureText(name, figure));
}

/** A figure beside the one before: `VaR 99 120.1 (+20.1 % against 100 on 2026-03-27)`. */
function figureText(name: string, figure: FigureFacts): string {
  const jump = figureJump(figure);
  return jump === undefined ? `${name} ${figure.value}` : `${name} ${figure.value} (${jump})`;
}

/** Change of a figure: `+20.1 % against 100 on 2026-03-27`; undefined for the first. */
export function figureJump({ value, before, on }: FigureFacts): string | undefined {
  return before === undefined || on === undefined ? undefined : `${distance(value, before)} ${on}`;
}

function distance(value: string, before: string): string {
  const [now, then] = [Number(value), Number(before)];
  if (now === then) {
    return "as on";
  }
  const hundredths = ((now - then) / Math.abs(then)) * 100;
  return then === 0 ? "0 on" : `${hundredths > 0 ? "+" : ""}${hundredths.toFixed(1)} % against ${before} on`;
}

function matches(value: unknown, form: RegExp): value is string {
  return typeof value === "string" && form.test(value);
}
