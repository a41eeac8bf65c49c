import { centralStruck } from "./central-struck.ts";
import { clockChange } from "./clock-change.ts";
import { connectionStruck } from "./connection-struck.ts";
import { customerStruck } from "./customer-struck.ts";
import type { Fault } from "./fault.ts";
import { jobStruck } from "./job-struck.ts";
import { runnerKilled } from "./runner-killed.ts";

/** Every fault, in the order in which they are shown. */
export const faults: readonly Fault[] = [
  ...runnerKilled,
  ...jobStruck,
  ...connectionStruck,
  clockChange,
  ...customerStruck,
  ...centralStruck,
];

/** Those of `make test`: quick ones, each with another way in which a night can go wrong. */
export const FIVE: readonly string[] = [
  "runner-killed-after-create",
  "runner-killed-running",
  "runner-killed-at-end",
  "job-deleted",
  "driver-oom",
];

/** The faults of these names. @throws Error that names what there is */
export function chooseFaults(names: readonly string[]): readonly Fault[] {
  const unknown = names.filter((name) => !faults.some((fault) => fault.name === name));
  if (unknown.length > 0) {
    throw new Error(
      `FAULTS: received ${unknown.join(", ")}\n    rule: names of faults, with commas between them\n    mend: choose from ${faults.map(({ name }) => name).join(", ")}`,
    );
  }
  return faults.filter(({ name }) => names.includes(name));
}
