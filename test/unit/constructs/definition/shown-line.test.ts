import { expect, test } from "vitest";
import { shownLine } from "../../../../constructs/definition/shown-line.ts";

test.each([
  'args: ["--password", "hunter2"],',
  'args: ["--password=hunter2"],',
  'env: { DB: "postgres://u:hunter2@db" },',
  'password: "hunter2",',
])("does not show %s", (line) => {
  expect(shownLine(`first\n${line}`, 2)).toBe("a line that may contain a secret");
});

test("shows any other line, and nothing of one that is not there", () => {
  expect(shownLine('args: ["--date", "x"],', 1)).toBe('"args: [\\"--date\\", \\"x\\"],"');
  expect(shownLine("first", 2)).toBe("nothing");
});
