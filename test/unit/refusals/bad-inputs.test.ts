import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { UserError } from "../../../constructs/definition/problem.ts";
import { writeOutput } from "../../../infra/write-output.ts";
import { customerText, type Places } from "../../support/customer-text.ts";
import { SECRET } from "./bad-inputs/bad-input.ts";
import { BAD_INPUTS } from "./bad-inputs.ts";

/** All files are written into one folder and read in one run, as a folder of customers is. */
const files = BAD_INPUTS.map((input, index) => ({ ...input, name: `bad${index}` }));
let folder: string;
const texts = new Map<string, string>();
let messages: ReadonlyMap<string, string>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "nightlane-bad-"));
  const customers = mkdtempSync(join(folder, "customers-"));
  for (const [index, { name, places }] of files.entries()) {
    const address = `10.65.${Math.floor(index / 250)}.${(index % 250) + 1}`;
    texts.set(name, customerText(name, address, places));
    writeFileSync(join(customers, `${name}.ts`), texts.get(name) ?? "");
  }
  const error: unknown = await writeOutput(join(folder, "dist"), customers).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(UserError);
  const text = error instanceof Error ? error.message : "";
  messages = new Map(text.split("\n\n").map((message) => [/customers\/(\w+)\.ts/.exec(message)?.[1] ?? "", message]));
}, 120_000);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A file, then for each problem its line, property and value received, rule and fix: nothing else. */
const FIVE_PARTS =
  /^customers\/\w+\.ts: \d+ problems?(\n {2}(customers\/\w+\.ts:\d+ \S|\(file\)|export default).*: received \S.*\n {4}rule: \S.*\n {4}fix: \S.*)+$/;

/** The lines of a file on which stands what was put into it; none where something was left out. */
function writtenLines(text: string, places: Places): readonly number[] {
  return Object.values(places)
    .filter((written) => written !== "" && text.includes(written))
    .flatMap((written) => {
      const first = text.slice(0, text.lastIndexOf(written)).split("\n").length;
      return Array.from({ length: written.split("\n").length }, (_, index) => first + index);
    });
}

describe("bad inputs", () => {
  test.each(files)("$name, $property: $places", ({ name, property, places, elsewhere = false }) => {
    const message = messages.get(name) ?? "";
    expect(message).toMatch(FIVE_PARTS);
    expect(message.replaceAll(/\n {2}customers\/\w+\.ts:\d+ /g, "\n  ")).toContain(`\n  ${property}`);
    expect(message).not.toContain(SECRET);
    if (!elsewhere && !/^(\(file\)|export default)$/.test(property)) {
      const lines = [...message.matchAll(/\n {2}customers\/\w+\.ts:(\d+) /g)].map(([, line]) => Number(line));
      const written = writtenLines(texts.get(name) ?? "", places);
      expect(written.length === 0 || lines.some((line) => written.includes(line))).toBe(true);
    }
  });

  test("are at least 300, and each is refused with file, property, value, rule and fix", () => {
    const refused = files.filter(({ name }) => FIVE_PARTS.test(messages.get(name) ?? ""));
    console.log(`inputs: ${files.length} bad, ${refused.length} refused with five parts`);
    expect(refused).toHaveLength(files.length);
    expect(files.length).toBeGreaterThanOrEqual(300);
  });
});
