import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { knownFiles } from "../../support/known-objects.ts";

/** Otherwise the rules would accept what nothing makes any more, or find what everything makes. */
test.each(["objects", "guards", "templates"] as const)(
  "%s.json is what the constructs make, no more and no less",
  async (name) => {
    const file = new URL(`../../../isolation/known/${name}.json`, import.meta.url);
    const now = await knownFiles();
    expect(
      JSON.parse(readFileSync(file, "utf8")),
      "npx tsx test/support/write-known-objects.ts, and read the diff",
    ).toEqual(JSON.parse(now[name]));
  },
);
