import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../support/folders.ts";

const repository = fileURLToPath(new URL("../../..", import.meta.url));

test("the reference holds all that a customer file may name, with its defaults", () => {
  const out = temporaryFolder();
  const typedoc = join(repository, "node_modules/typedoc/bin/typedoc");
  const node = join(repository, "node_modules/.bin/node");
  // A type that is named but left out is a warning of TypeDoc's, and typedoc.json makes those errors.
  execFileSync(node, [typedoc, "--out", out], { cwd: repository, stdio: "pipe" });
  expect(readdirSync(join(out, "functions"))).toContain("defineCustomer.md");
  expect(readdirSync(join(out, "classes"))).toEqual(expect.arrayContaining(["Cpu.md", "Duration.md", "Size.md"]));
  expect(existsSync(join(out, "README.md"))).toBe(true);
  expect(readFileSync(join(out, "interfaces/SparkOptions.md"), "utf8")).toMatch(/Number of executors\..*Default.*2/s);
}, 240_000);
