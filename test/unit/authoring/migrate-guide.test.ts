import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import packageJson from "../../../package.json" with { type: "json" };

const guide = new URL("../../../docs/migrate.md", import.meta.url);
const text = readFileSync(guide, "utf8");

describe("docs/migrate.md", () => {
  const links = [...text.matchAll(/\]\(([^)#]+)\)/g)].map(([, target = ""]) => target);

  test.each(links)("links to %s, which is there", (target) => {
    expect(existsSync(fileURLToPath(new URL(target, guide)))).toBe(true);
  });

  test("names only npm scripts that are there", () => {
    const named = [...text.matchAll(/npm run (?:--silent )?([\w:-]+)/g)].map(([, script = ""]) => script);
    expect(named.length).toBeGreaterThan(0);
    expect(Object.keys(packageJson.scripts)).toEqual(expect.arrayContaining(named));
  });
});
