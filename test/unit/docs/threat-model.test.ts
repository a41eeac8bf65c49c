import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { RULES } from "../../../isolation/rules/registry.ts";
import { soundEstate } from "../isolation/draft.ts";

const repository = fileURLToPath(new URL("../../..", import.meta.url));
const text = readFileSync(join(repository, "docs/threat-model.md"), "utf8");

/** Rows of the tables of paths, controls and tests. */
const rows = text
  .split("\n| path | control")
  .slice(1)
  .flatMap((part) => {
    const [table = ""] = part.split("\n\n");
    return table.split("\n").slice(2);
  })
  .map((row) => {
    // A bar within code is written with a stroke before it.
    const cells = row.split(/(?<!\\)\|/).map((cell) => cell.trim());
    return { row, path: cells[1] ?? "", control: cells[2] ?? "", held: cells[3] ?? "" };
  });

test("there are tables, and every row has a path, a control and what holds it", () => {
  expect(rows.length).toBeGreaterThan(60);
  expect(rows.filter(({ path, control, held }) => [path, control, held].includes("")).map(({ row }) => row)).toEqual(
    [],
  );
});

test("what holds a row is a rule, a proof on a real API server, a live attempt, or a test", () => {
  const held = /\b(static|live|api|mutations|the same)\b|`[\w./-]+`/;
  expect(rows.filter((each) => !held.test(each.held)).map(({ row }) => row)).toEqual([]);
});

test("every file and folder that is named is there", () => {
  const named = [...text.matchAll(/`((?:[\w.-]+\/)+[\w.-]*|\.[\w-]+\.\w+)`/g)].map(([, path = ""]) => path);
  const made = /^(dist|nightlane|kubernetes\.io|pods|\/)/;
  const paths = [...new Set(named)].filter((path) => !made.test(path));
  expect(paths.length).toBeGreaterThan(25);
  expect(paths.filter((path) => !existsSync(join(repository, path)))).toEqual([]);
});

test("every rule that is named is there, and every rule is named", () => {
  const numbers = rows.flatMap(({ held }) =>
    [...held.matchAll(/static ((?:\d+(?:-\d+)?(?:, )?)+)/g)].flatMap(([, list = ""]) => list.split(",").flatMap(range)),
  );
  const known = RULES.map(({ number }) => number);
  expect(numbers.filter((number) => !known.includes(number))).toEqual([]);
  const headings = [...text.matchAll(/^### .*\(([\d, -]+)\)$/gm)].flatMap(([, list = ""]) =>
    list.split(",").flatMap(range),
  );
  const named = new Set([...numbers, ...headings]);
  expect(known.filter((number) => !named.has(number))).toEqual([]);
});

test("every policy has a row", () => {
  const policies = soundEstate.platform
    .filter(({ kind }) => kind === "ValidatingAdmissionPolicy")
    .map(({ metadata }) => metadata.name);
  expect(policies.length).toBeGreaterThan(14);
  expect(policies.filter((name) => !rows.some(({ control }) => control.includes(`\`${name}\``)))).toEqual([]);
});

function range(part: string): readonly number[] {
  const [from = Number.NaN, to = from] = part.trim().split("-").filter(Boolean).map(Number);
  return Number.isNaN(from) ? [] : Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
