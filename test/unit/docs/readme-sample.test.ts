import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, expect, test } from "vitest";
import { formatProblems } from "../../../authoring/check/format.ts";
import { writeOutput } from "../../../infra/write-output.ts";
import { certificate } from "../../support/certificates.ts";

const folder = mkdtempSync(join(tmpdir(), "nightlane-readme-"));
const sample = (/```ts\n([\s\S]*?) *```/.exec(readFileSync("README.md", "utf8"))?.[1] ?? "").replaceAll(/^ {3}/gm, "");

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

test("the file of the README is one, and a night of three steps takes about twenty lines beside its imports", async () => {
  const text = sample.replace("../constructs/index.ts", resolve("constructs/index.ts"));
  const customers = mkdtempSync(join(folder, "customers-"));
  writeFileSync(join(customers, "seebank.pem"), certificate("valid"));
  writeFileSync(join(customers, "seebank.ts"), text);
  await expect(writeOutput(join(folder, "dist"), customers)).resolves.not.toThrow();
  const lines = sample
    .replaceAll(/^import [^;]*;/gm, "")
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.trim().startsWith("//"));
  expect(lines.length).toBeLessThanOrEqual(25);
});

test("it is written as the formatter writes it", () => {
  const file = join(folder, "seebank.ts");
  writeFileSync(file, sample);
  expect(formatProblems(file, "customers/seebank.ts", sample)).toEqual([]);
});
