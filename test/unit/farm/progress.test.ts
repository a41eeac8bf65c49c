import { describe, expect, test, vi } from "vitest";
import { cut } from "../../farm/live-block.ts";
import { elapsed, progressOn } from "../../farm/progress.ts";

function output(isTTY: boolean) {
  const chunks: string[] = [];
  return { isTTY, columns: 40, write: (text: string) => chunks.push(text), text: () => chunks.join("") };
}

describe("progress off a terminal", () => {
  test("is one plain line as each step ends", async () => {
    const stream = output(false);
    await progressOn(stream).step("nordbank", async (step) => step.detail("kubelet"));
    expect(stream.text()).toMatch(/^ok {3}nordbank \(0\.\d s\)\n$/);
  });

  test("tells a failed step and passes its error on", async () => {
    const stream = output(false);
    const failing = progressOn(stream).step("nordbank", () => Promise.reject(new Error("no room")));
    await expect(failing).rejects.toThrow("no room");
    expect(stream.text()).toMatch(/^FAIL nordbank/);
  });
});

describe("progress on a terminal", () => {
  test("leaves a ticked line for every step and no live line", async () => {
    const stream = output(true);
    const progress = progressOn(stream);
    await Promise.all(["one", "two"].map((title) => progress.step(title, async (step) => step.detail("working"))));
    const visible = stream.text().split("\u001b[0J").at(-1) ?? "";
    expect(stream.text().match(/✓/g)).toHaveLength(2);
    expect(visible).not.toContain("working");
  });
});

test("cut counts what is seen, not colour codes", () => {
  expect(cut("\u001b[2mabcdef\u001b[0m", 3)).toBe("\u001b[2mabc\u001b[0m");
});

test.each([
  [40, "0.0 s"],
  [9_949, "9.9 s"],
  [9_960, "10 s"],
  [99_600, "1 min 40 s"],
  [185_000, "3 min 5 s"],
])("elapsed(%d) is %s", (milliseconds, text) => {
  expect(elapsed(milliseconds)).toBe(text);
});

describe("work that is part of a whole", () => {
  const whole = () => ({ share: 0.25, text: "tool 1 of 4, 30 s, about 2 min left" });

  test("tells of the whole in its signs of life, off a terminal", () => {
    vi.useFakeTimers();
    try {
      const stream = output(false);
      const task = progressOn(stream).begin("building etcd", whole);
      vi.advanceTimersByTime(30_000);
      task.done();
      expect(stream.text()).toBe(
        "...  tool 1 of 4, 30 s, about 2 min left: building etcd (30 s)\nok   building etcd (30 s)\n",
      );
    } finally {
      vi.useRealTimers();
    }
  });

  test("draws it on a terminal, before what could be cut off", () => {
    const stream = { ...output(true), columns: 200 };
    const task = progressOn(stream).begin("building etcd", whole);
    task.done();
    expect(stream.text()).toContain("███░░░░░░░░░ tool 1 of 4, 30 s, about 2 min left: building etcd ");
    expect(stream.text().split("\u001b[0J").at(-1)).not.toContain("tool 1 of 4");
  });
});
