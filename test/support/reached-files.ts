import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's folder. */
export const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));

/** Files of the repository that these files import or read, directly or not; paths from its folder, sorted. */
export function reachedFiles(roots: readonly string[]): readonly string[] {
  const reached = new Set<string>();
  const open = [...roots];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (!reached.has(file) && existsSync(join(REPOSITORY, file))) {
      reached.add(file);
      open.push(...(/\.tsx?$/.test(file) ? importsOf(file) : []));
    }
  }
  return [...reached].sort();
}

function importsOf(file: string): readonly string[] {
  const text = readFileSync(join(REPOSITORY, file), "utf8");
  const imports = text.matchAll(/(?:\bfrom|\bimport|\bimport\(|new URL\()\s*"(\.{1,2}\/[^"]+\.\w+)"/g);
  return [...imports].map(([, path = ""]) => normalize(join(dirname(file), path)));
}

/** The command of each npm script, by name. */
export const SCRIPTS: Readonly<Record<string, string>> = (
  JSON.parse(readFileSync(join(REPOSITORY, "package.json"), "utf8")) as { scripts: Record<string, string> }
).scripts;

/** The recipe of each target of the Makefile, with its prerequisites. */
export const TARGETS: Readonly<Record<string, string>> = Object.fromEntries(
  [...readFileSync(join(REPOSITORY, "Makefile"), "utf8").matchAll(/^([\w-]+):.*\n((?:\t.*\n?)*)/gm)].map(
    ([, name = "", recipe = ""]) => [name, recipe],
  ),
);

/**
 * The TypeScript files of the repository that a command line names, those of npm's scripts and make's targets among
 * them.
 */
export function filesOfCommand(line: string): readonly string[] {
  const own = [...line.matchAll(/(?<![\w./-])(?:\.judge\/)?((?:[\w-]+\/)+[\w.-]+\.ts)\b/g)].map(
    ([, file = ""]) => file,
  );
  const scripts = [...line.matchAll(/npm (?:--prefix \S+ )?run (?:--silent )?([\w:-]+)/g)].map(
    ([, name = ""]) => SCRIPTS[name] ?? "",
  );
  const targets = [...line.matchAll(/\bmake ([\w-]+)/g)].map(([, name = ""]) => TARGETS[name] ?? "");
  return [...own, ...[...scripts, ...targets].flatMap(filesOfCommand)];
}
