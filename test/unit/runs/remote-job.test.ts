import { expect, test } from "vitest";
import { type RunKey, remoteJobName, runKeyText } from "../../../runs/remote-job.ts";

const run: RunKey = {
  customer: "nordbank",
  pipeline: "night",
  businessDate: "2026-03-31",
  variant: "quarter-end",
  number: 1,
};

test("is written as the runner writes it", () => {
  expect(runKeyText(run)).toBe("nordbank/night/2026-03-31/quarter-end/1");
});

/** The names come from the runner itself: run_identity.job_name with the same arguments. */
test.each([
  [run, "var-es", 1, "nl-var-es-f208c0dbc813"],
  [
    { ...run, variant: "regular", number: 2 },
    "a-step-whose-name-is-longer-than-a-job-may-be-named",
    3,
    "nl-a-step-whose-name-is-long-f0b56996358c",
  ],
  [
    { ...run, customer: "alpenkredit", businessDate: "2026-04-01", variant: "regular" },
    "the-cut-falls-just-on-it-hy",
    12,
    "nl-the-cut-falls-just-on-it-6964610eecb9",
  ],
])("%o %s attempt %d is %s", (key, step, attempt, name) => {
  expect(remoteJobName(key, step, attempt)).toBe(name);
});
