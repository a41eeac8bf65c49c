import { expect, test } from "vitest";
import { EvaluationProcess } from "../../../../constructs/evaluation/evaluation-process.ts";

/** A library that takes longer to load than a file may take with its grace, as on a busy machine. */
const SLOW_LIBRARY = `
  const end = Date.now() + 1500;
  while (Date.now() < end);
  exports.outcomeOf = () => ({ other: "nothing" });
`;
const GRACE_MILLISECONDS = 500;

const task = (code: string): Parameters<EvaluationProcess["evaluate"]>[0] => ({
  modules: { "/lake.ts": code },
  libraries: [],
  place: "/lake.ts",
  milliseconds: 100,
});

test("a file's time begins when all is loaded, however long that takes", async () => {
  const process = new EvaluationProcess(GRACE_MILLISECONDS);
  expect(await process.evaluate(task(""), SLOW_LIBRARY)).toEqual({ other: "nothing" });
  expect(await process.evaluate(task("for (;;) {}"), SLOW_LIBRARY)).toEqual({ ended: "time" });
});

test("a file that no timer in the process can stop has taken too long, and the next one has a process of its own", async () => {
  const process = new EvaluationProcess(GRACE_MILLISECONDS);
  const sleeping = "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);";
  expect(await process.evaluate(task(sleeping), SLOW_LIBRARY)).toEqual({ ended: "time" });
  expect(await process.evaluate(task(""), SLOW_LIBRARY)).toEqual({ other: "nothing" });
});

test("a process that does not get to the file says so, and not that the file took long", async () => {
  const process = new EvaluationProcess(GRACE_MILLISECONDS, 500);
  expect(await process.evaluate(task("for (;;) {}"), SLOW_LIBRARY)).toEqual({ ended: "start" });
});
