import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { formatProblems } from "../../../authoring/check/format.ts";
import { writeOutput } from "../../../infra/write-output.ts";
import { certificate } from "../../support/certificates.ts";

const folder = mkdtempSync(join(tmpdir(), "nightlane-readme-"));
const samples = [...readFileSync("README.md", "utf8").matchAll(/```ts\n([\s\S]*?) *```/g)].map(([, text = ""]) =>
  text.replaceAll(/^ {3}/gm, ""),
);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe.each([
  ["with an application to enter takes about twenty lines beside its imports", 0, 25, /^import [^;]*;/gm],
  ["with every default takes twenty, imports and all", 1, 20, /^$/gm],
] as const)("the README's file of a night of three steps %s", (_, index, most, left) => {
  const sample = samples[index] ?? "";

  test("and is one", async () => {
    const text = sample.replace("../constructs/index.ts", resolve("constructs/index.ts"));
    const customers = mkdtempSync(join(folder, "customers-"));
    writeFileSync(join(customers, "seebank.pem"), certificate("valid"));
    writeFileSync(join(customers, "seebank.ts"), text);
    await expect(writeOutput(join(folder, `dist-${index}`), customers)).resolves.not.toThrow();
    const lines = sample
      .replaceAll(left, "")
      .split("\n")
      .filter((line) => line.trim() !== "" && !line.trim().startsWith("//"));
    expect(lines.length).toBeLessThanOrEqual(most);
    expect(sample.match(/night\.(exec|spark)\(/g)).toHaveLength(3);
  });

  test("and is written as the formatter writes it", () => {
    const file = join(folder, `seebank-${index}.ts`);
    writeFileSync(file, sample);
    expect(formatProblems(file, "customers/seebank.ts", sample)).toEqual([]);
  });
});

test("the README has no other sample", () => {
  expect(samples).toHaveLength(2);
});
