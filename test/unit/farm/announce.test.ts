import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { announcement } from "../../farm/demo/announce.ts";
import { FARM_TOOLS } from "../../farm/farm-context.ts";
import { temporaryFolder } from "../../support/folders.ts";

let cache: string;
beforeEach(() => {
  cache = join(temporaryFolder(), "cache");
  vi.stubEnv("NIGHTLANE_CACHE", cache);
});
afterEach(() => vi.unstubAllEnvs());

test("a first demo says how long it builds and what it takes, as the README does", async () => {
  const readme = readFileSync(new URL("../../../README.md", import.meta.url), "utf8").replaceAll("\n", " ");
  const text = await announcement(["nordbank", "alpenkredit"]);
  const [, minutes] = /about (\d+) min on two cores/.exec(text) ?? [];
  expect(readme).toContain("about half an hour on two cores");
  expect(Math.abs(Number(minutes) - 30)).toBeLessThanOrEqual(5);
  const [, stays, more] = /takes {2}(\d+) GiB of disk and (\d+) GiB more while it builds/.exec(text) ?? [];
  expect(readme).toContain(`${Number(stays) + Number(more)} GiB of disk`);
  expect(text).toContain("About 8 GiB of memory");
  expect(readme).toContain("about 8 GiB of memory");
});

test("a later one builds only what is missing", async () => {
  for (const tool of FARM_TOOLS.filter((name) => name !== "etcd")) {
    mkdirSync(join(cache, "tools", tool, "1.0.0"), { recursive: true });
    writeFileSync(join(cache, "tools", tool, "1.0.0", tool), "");
  }
  expect(await announcement(["nordbank"])).toMatch(/ {2}first {2}1 of 12 tools are downloaded, .*: about 1 min on two/);
  mkdirSync(join(cache, "tools/etcd/1.0.0"), { recursive: true });
  expect(await announcement(["nordbank"])).toContain("  first  the tools are here already\n");
});
