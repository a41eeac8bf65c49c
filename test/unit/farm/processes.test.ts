import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { findByEnvironment, identify, isAlive, parseStat, terminate } from "../../farm/processes.ts";

async function sleeper(env: Readonly<Record<string, string>> = {}): Promise<number> {
  const child = spawn("sleep", ["60"], { env: { PATH: process.env.PATH, ...env }, stdio: "ignore" });
  await once(child, "spawn");
  return child.pid ?? 0;
}

test("parseStat reads past a command name with spaces and brackets", () => {
  const fields = Array.from({ length: 18 }, (_value, index) => String(index + 4));
  expect(parseStat(`7 (a) b) S 5 ${fields.slice(1).join(" ")} 4242 0`)).toEqual({
    state: "S",
    parent: 5,
    startTime: 4242,
  });
});

describe("identity", () => {
  test("a running process is alive, also to itself", async () => {
    expect(await isAlive(await identify(process.pid))).toBe(true);
  });

  test("another process with the same number is not taken for it", async () => {
    const self = await identify(process.pid);
    expect(await isAlive({ pid: process.pid, startTime: (self?.startTime ?? 0) + 1 })).toBe(false);
  });

  test("a process that ended is gone", async () => {
    const found = await identify(await sleeper());
    if (found === undefined) {
      throw new Error("the process was not found");
    }
    await terminate(found);
    expect(await isAlive(found)).toBe(false);
  });

  test("terminate leaves a process alone whose number was given out again", async () => {
    const pid = await sleeper();
    const found = await identify(pid);
    if (found === undefined) {
      throw new Error("the process was not found");
    }
    await terminate({ pid, startTime: found.startTime - 1 });
    expect(await isAlive(found)).toBe(true);
    await terminate(found, 0);
  });
});

test("findByEnvironment finds a process by the start of an entry", async () => {
  const pid = await sleeper({ NIGHTLANE_TEST_MARK: `${process.pid}:one:` });
  const found = await findByEnvironment(`NIGHTLANE_TEST_MARK=${process.pid}:`);
  expect(found.map((process) => process.pid)).toEqual([pid]);
  for (const process of found) {
    await terminate(process, 0);
  }
  expect(await findByEnvironment(`NIGHTLANE_TEST_MARK=${process.pid}:`)).toEqual([]);
});
