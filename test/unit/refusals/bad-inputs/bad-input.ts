import { night, type Places } from "../../../support/customer-text.ts";

/** A customer file with one fault, and the property that its message must name. */
export interface BadInput {
  readonly places: Places;
  readonly property: string;
  /** The problem is reported on another line than what was written: the fault is that the two do not go together. */
  readonly elsewhere?: true;
}

/** A secret that no message may ever contain. */
export const SECRET = "hunter2";

/** Values of every kind. */
export const OTHER_KINDS = [
  "42",
  "true",
  "null",
  '"text"',
  "[]",
  "{}",
  "() => 1",
  "Symbol.iterator",
  "10n",
  "NaN",
] as const;

/** Values of every kind except these, written as in {@link OTHER_KINDS}. */
export function otherThan(...kinds: readonly string[]): readonly string[] {
  return OTHER_KINDS.filter((kind) => !kinds.includes(kind));
}

/** One bad input for each text in one place of the file. */
export function each(place: keyof Places, property: string, texts: readonly string[]): readonly BadInput[] {
  return texts.map((text) => ({ places: { [place]: text }, property }));
}

/** A Spark step with these options beside the required ones. */
export function spark(options: string): string {
  const app = options.startsWith("app:") ? "" : 'app: riskApp("a.py"), ';
  return `(night) => { ${night(`night.spark("s", { ${app}${options} });`)} }`;
}

/** Steps of a night with this call. */
export function step(call: string): string {
  return `(night) => { ${night(call)} }`;
}

/** One bad input for each value of an option of a Spark step. */
export function eachSpark(
  name: string,
  values: readonly string[],
  property = `workflow.steps["s"].${name}`,
): readonly BadInput[] {
  return values.map((value) => ({ places: { steps: spark(`${name}: ${value}`) }, property }));
}

/** One bad input for each value in a call that makes a step. */
export function eachStep(
  call: (value: string) => string,
  property: string,
  values: readonly string[],
): readonly BadInput[] {
  return values.map((value) => ({ places: { steps: step(call(value)) }, property }));
}

/** Values that are not a size, a number of CPUs, a duration. */
export const NO_SIZE = [...OTHER_KINDS, '"2Gi"', "Size.gibibytes(Infinity)", "Size.gibibytes(NaN)", "Cpu.units(1)"];
export const NO_CPU = [
  ...OTHER_KINDS,
  '"16"',
  "Cpu.units(Infinity)",
  "Cpu.units(NaN)",
  'Cpu.units("many")',
  "Size.gibibytes(1)",
];
export const NO_DURATION = [...OTHER_KINDS, '"4h"', "3600", "Duration.days(4000)", "Size.gibibytes(1)"];
/** Capacity of a valid cluster. */
export const capacity = "{ cpu: Cpu.units(16), memory: Size.gibibytes(64) }";

/** Properties of a valid chart of an application. */
export const chart = 'repository: "https://git.x.example/a.git", revision: "v1.0.0", chart: "charts/a"';
