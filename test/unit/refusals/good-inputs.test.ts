import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeOutput } from "../../../infra/write-output.ts";
import { customerText } from "../../support/customer-text.ts";
import { GOOD_INPUTS } from "./good-inputs.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nightlane-good-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test("files of good but unusual use pass, at least 30", async () => {
  const inputs = Object.values(GOOD_INPUTS);
  const customers = mkdtempSync(join(folder, "customers-"));
  for (const [index, places] of inputs.entries()) {
    writeFileSync(join(customers, `good${index}.ts`), customerText(`good${index}`, `10.66.0.${index + 1}`, places));
  }
  await writeOutput(join(folder, "dist"), customers);
  const accepted = readdirSync(join(folder, "dist")).filter((name) => name.startsWith("good"));
  console.log(`inputs: ${inputs.length} good, ${accepted.length} accepted`);
  expect(accepted).toHaveLength(inputs.length);
  expect(inputs.length).toBeGreaterThanOrEqual(30);
}, 60_000);
