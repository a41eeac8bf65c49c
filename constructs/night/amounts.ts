import { Duration, Size, SizeRoundingBehavior } from "cdk8s";
import { Cpu } from "cdk8s-plus-27";

/** Whole mebibytes of a size, rounded down: Spark accepts no fractions of one. */
export function mebibytes(size: Size): number {
  // A size that was given in mebibytes comes back as it is.
  return Math.floor(size.toMebibytes({ rounding: SizeRoundingBehavior.FLOOR }));
}

/** Thousandths of a core. */
export function millicores(cpu: Cpu): number {
  return cpu.amount.endsWith("m") ? Number.parseInt(cpu.amount, 10) : Math.round(Number(cpu.amount) * 1000);
}

/** Memory or storage as people write it: `64 GiB`, `1536 MiB`. */
export function memoryText(mebibytes: number): string {
  return mebibytes >= 1024 && mebibytes % 1024 === 0 ? `${mebibytes / 1024} GiB` : `${mebibytes} MiB`;
}

/** CPU as people write it, in whole cores or parts of one: `64 CPU`, `0.25 CPU`. */
export function cpuText(millicores: number): string {
  return `${millicores / 1000} CPU`;
}

/** A length of time in its largest whole unit up to days: `12 h`, `90 days`. */
export function durationText(duration: Duration): string {
  const seconds = duration.toSeconds({ integral: false });
  if (seconds > DAY && seconds % DAY === 0) {
    return `${seconds / DAY} days`;
  }
  const [size, unit] = UNITS.find(([candidate]) => seconds > 0 && seconds % candidate === 0) ?? [1, "s"];
  // Without the rounding error of dividing by 1000.
  return `${Number((seconds / size).toFixed(3))} ${unit}`;
}

const DAY = 86_400;

const UNITS: readonly (readonly [seconds: number, unit: string])[] = [
  [3600, "h"],
  [60, "min"],
];

/** An amount of any kind as people write it; undefined for any other value. */
export function amountText(value: unknown): string | undefined {
  if (value instanceof Size) {
    return memoryText(mebibytes(value));
  }
  if (value instanceof Cpu) {
    return typeof value.amount === "string" ? cpuText(millicores(value)) : undefined;
  }
  return value instanceof Duration ? durationText(value) : undefined;
}
