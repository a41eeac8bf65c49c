import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const REPOSITORY = fileURLToPath(new URL("../../..", import.meta.url));

/** What runs where the packages of development are not installed; the page's own are bundled into an image. */
const ROOMS = ["api", "authoring", "constructs", "infra", "isolation", "nightwatch", "ops", "pipeline", "runs"];
const BUNDLED = /^nightwatch\/page\/browser\//;

/** The package of a statement that loads one; types are gone before anything runs. */
const LOADED =
  /^(?:import|export)(?! type\b)[^;]*? from "(@[^/"]+\/[^/"]+|[^./"@][^/"]*)[^"]*";|import\("(@[^/"]+\/[^/"]+|[^./"@][^/"]*)/gm;

function sources(room: string): readonly string[] {
  return readdirSync(join(REPOSITORY, room), { recursive: true, encoding: "utf8" })
    .map((file) => `${room}/${file}`)
    .filter((file) => /\.(ts|mjs)$/.test(file) && !BUNDLED.test(file));
}

test("what the program loads is among its dependencies", () => {
  const { dependencies }: { readonly dependencies: Readonly<Record<string, string>> } = JSON.parse(
    readFileSync(join(REPOSITORY, "package.json"), "utf8"),
  );
  const loaded = new Map<string, string>();
  for (const file of ROOMS.flatMap(sources)) {
    for (const [, statement, call] of readFileSync(join(REPOSITORY, file), "utf8").matchAll(LOADED)) {
      const name = statement ?? call ?? "";
      if (!name.startsWith("node:")) {
        loaded.set(name, file);
      }
    }
  }
  expect([...loaded.keys()]).toEqual(expect.arrayContaining(["commander", "@kubernetes/client-node", "yaml", "tsx"]));
  expect(Object.fromEntries([...loaded].filter(([name]) => !Object.hasOwn(dependencies, name)))).toEqual({});
});
