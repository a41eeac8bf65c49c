import { mistake } from "../../../constructs/definition/problem.ts";
import { admissionFaults } from "./admission-faults.ts";
import { answerFaults } from "./answer-faults.ts";
import { centralFaults } from "./central-faults.ts";
import { clockChange } from "./clock-change.ts";
import { connectionFaults } from "./connection-faults.ts";
import { controllerFaults } from "./controller-faults.ts";
import { customerFaults } from "./customer-faults.ts";
import { customerNodeFaults } from "./customer-node-faults.ts";
import type { Fault } from "./fault.ts";
import { jobFaults } from "./job-faults.ts";
import { logFaults } from "./log-faults.ts";
import { runnerKilled } from "./runner-killed.ts";
import { runnerNodeFaults } from "./runner-node-faults.ts";
import { volumeFaults } from "./volume-faults.ts";

/** Every fault, in the order in which they are shown. */
export const faults: readonly Fault[] = [
  ...runnerKilled,
  ...jobFaults,
  ...connectionFaults,
  ...logFaults,
  clockChange,
  ...customerFaults,
  ...answerFaults,
  ...admissionFaults,
  ...volumeFaults,
  ...customerNodeFaults,
  ...runnerNodeFaults,
  ...centralFaults,
  ...controllerFaults,
];

/** Those of `make test`: quick ones, each a different way in which a night can go wrong. */
export const FIVE: readonly string[] = [
  "runner-killed-after-create",
  "runner-killed-running",
  "runner-killed-at-end",
  "job-deleted",
  "driver-oom",
];

/** The faults of these names. @throws Error that lists the known names */
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
