import { Duration, Size } from "cdk8s";
import { Cpu } from "cdk8s-plus-27";
import { received } from "../definition/problem.ts";
import { mebibytes, millicores } from "../night/amounts.ts";
import { type Form, value } from "./form.ts";

/** More than any cluster has: anything above is a typo. */
const MOST_MEBIBYTES = 1024 ** 3;
const MOST_MILLICORES = 100_000 * 1000;
const MOST_DAYS = 3650;

/** An amount of memory or storage. */
export function size(example: string): Form {
  return value(
    "a size from 0 to 1 PiB, made by Size",
    example,
    (one) => one instanceof Size && isFrom0To(mebibytes(one), MOST_MEBIBYTES),
    shown,
  );
}

/** An amount of CPU. */
export function cpu(example: string): Form {
  return value(
    "an amount of CPU from 0 to 100000 cores, made by Cpu",
    example,
    (one) => one instanceof Cpu && typeof one.amount === "string" && isFrom0To(millicores(one), MOST_MILLICORES),
    shown,
  );
}

/** A length of time. */
export function duration(example: string): Form {
  return value(
    `a length of time of at most ${MOST_DAYS} days, made by Duration`,
    example,
    (one) => one instanceof Duration && isFrom0To(one.toDays({ integral: false }), MOST_DAYS),
    shown,
  );
}

function isFrom0To(amount: number, most: number): boolean {
  return amount >= 0 && amount <= most;
}

function shown(one: unknown): string {
  if (one instanceof Size) {
    return `${mebibytes(one)} MiB`;
  }
  if (one instanceof Cpu) {
    return typeof one.amount === "string" ? `${one.amount} CPU` : received(one.amount);
  }
  return one instanceof Duration ? `${one.toDays({ integral: false })} days` : received(one);
}
