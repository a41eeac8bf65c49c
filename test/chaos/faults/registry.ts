import { mistake } from "../../../constructs/definition/problem.ts";
import { admissionStruck } from "./admission-struck.ts";
import { answerStruck } from "./answer-struck.ts";
import { centralStruck } from "./central-struck.ts";
import { clockChange } from "./clock-change.ts";
import { connectionStruck } from "./connection-struck.ts";
import { controllerStruck } from "./controller-struck.ts";
import { customerNodeStruck } from "./customer-node-struck.ts";
import { customerStruck } from "./customer-struck.ts";
import type { Fault } from "./fault.ts";
import { jobStruck } from "./job-struck.ts";
import { logStruck } from "./log-struck.ts";
import { runnerKilled } from "./runner-killed.ts";
import { runnerNodeStruck } from "./runner-node-struck.ts";
import { volumeStruck } from "./volume-struck.ts";

/** Every fault, in the order in which they are shown. */
export const faults: readonly Fault[] = [
  ...runnerKilled,
  ...jobStruck,
  ...connectionStruck,
  ...logStruck,
  clockChange,
  ...customerStruck,
  ...answerStruck,
  ...admissionStruck,
  ...volumeStruck,
  ...customerNodeStruck,
  ...runnerNodeStruck,
  ...centralStruck,
  ...controllerStruck,
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
    throw mistake(
      `FAULTS: received ${unknown.join(", ")}`,
      "names of faults, with commas between them",
      `choose from ${faults.map(({ name }) => name).join(", ")}`,
    );
  }
  return faults.filter(({ name }) => names.includes(name));
}
