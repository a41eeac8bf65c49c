import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const repository = fileURLToPath(new URL("../../..", import.meta.url));
const folder = join(repository, "docs/decisions");
const files = readdirSync(folder).filter((file) => /^\d\d-/.test(file));

test("the list names every decision", () => {
  const list = readFileSync(join(folder, "README.md"), "utf8");
  expect(files.filter((file) => !list.includes(`](${file})`))).toEqual([]);
});

test.each(files)("%s has its number, a date, a reason, and what holds it", (file) => {
  const text = readFileSync(join(folder, file), "utf8");
  expect(text).toMatch(
    new RegExp(`^# ${Number(file.slice(0, 2))}\\. .+\\n\\n\\d{4}-\\d\\d-\\d\\d\\n\\n.+\\n\\n\\*\\*Why\\.\\*\\* `),
  );
  const [, held = ""] = text.split("**Held by.** ");
  const paths = [...held.matchAll(/`([\w.-]+(?:\/[\w.-]*)+|\.[\w.-]+)`/g)].map(([, path = ""]) => path);
  expect(paths.filter((path) => !existsSync(join(repository, path)))).toEqual([]);
});

test("a decision that a comment cites is there", () => {
  const numbers = new Set(files.map((file) => Number(file.slice(0, 2))));
  const sources = readdirSync(join(repository, "constructs"), { recursive: true, encoding: "utf8" });
  const cited = sources
    .filter((source) => source.endsWith(".ts"))
    .flatMap((source) => [...readFileSync(join(repository, "constructs", source), "utf8").matchAll(/Decision (\d+)/g)])
    .map(([, number]) => Number(number));
  expect(cited.length).toBeGreaterThan(0);
  expect(cited.filter((number) => !numbers.has(number))).toEqual([]);
});
