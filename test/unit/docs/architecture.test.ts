import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const repository = fileURLToPath(new URL("../../..", import.meta.url));
/** Rooms of the product in TypeScript: what only proves, or is an example, is not drawn. */
const ROOMS = readdirSync(repository, { withFileTypes: true })
  .filter(
    (entry) => entry.isDirectory() && !/^\.|^(node_modules|dist|docs|examples|runner|test|coverage)$/.test(entry.name),
  )
  .map(({ name }) => name);

test("the drawing of the house has the arrows that the source has", () => {
  const [, drawing = ""] =
    /```mermaid\n([\s\S]*?)```/.exec(readFileSync(join(repository, "docs/architecture.md"), "utf8")) ?? [];
  const drawn = drawing.split("\n").flatMap((line) => / *(\w+) --> (\w+)/.exec(line)?.slice(1, 3).join(" -> ") ?? []);
  expect(drawn.toSorted()).toEqual([...new Set(ROOMS.flatMap(arrowsFrom))].toSorted());
});

/** The other rooms that files of a room import from. */
function arrowsFrom(room: string): readonly string[] {
  return readdirSync(join(repository, room), { recursive: true, encoding: "utf8" })
    .filter((file) => /\.tsx?$/.test(file))
    .flatMap((file) => {
      const depth = file.split("/").length;
      const text = readFileSync(join(repository, room, file), "utf8");
      return [...text.matchAll(/(?:from|import) "((?:\.\.\/)+)(\w+)\//g)].flatMap(([, up = "", to = ""]) =>
        up.length / 3 === depth && ROOMS.includes(to) ? [`${room} -> ${to}`] : [],
      );
    });
}
