import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { filesOfCommand, REPOSITORY, reachedFiles, SCRIPTS, TARGETS } from "../../support/reached-files.ts";

/** Commands that documents name, in prose, rows and blocks, with the document. */
const documents = readdirSync(REPOSITORY, { recursive: true, encoding: "utf8" }).filter(
  (file) => file.endsWith(".md") && !/(^|\/)(node_modules|\.git|dist|coverage)\//.test(file),
);
const commands = documents.flatMap((file) =>
  [...readFileSync(join(REPOSITORY, file), "utf8").matchAll(/(?:npm run|make|(?:npx )?tsx) [^`\n|]+/g)].map(
    ([line]) => ({ file, line: line.replace(/\s+#.*$/, "") }),
  ),
);

test("there are many", () => {
  expect(documents.length).toBeGreaterThan(30);
  expect(commands.length).toBeGreaterThan(60);
});

test("every script of npm's that a document names is there", () => {
  const named = commands.flatMap(({ file, line }) =>
    [...line.matchAll(/npm run (?:--silent )?([\w:-]+)/g)].map(([, name = ""]) => ({ file, name })),
  );
  expect(named.filter(({ name }) => SCRIPTS[name] === undefined)).toEqual([]);
});

test("every option that a document gives to one is known to what it runs", () => {
  const unknown = commands.flatMap(({ file, line }) => {
    const [, name = "", rest = ""] = /npm run (?:--silent )?([\w:-]+) -- (.*)/.exec(line) ?? [];
    const options = [...rest.matchAll(/(?<!\S)--([a-z][\w-]*)/g)].map(([, option = ""]) => option);
    const sources = options.length === 0 ? "" : sourceOf(`npm run ${name}`);
    return options
      .filter((option) => option !== "help" && !knows(sources, option))
      .map((option) => `${file}: npm run ${name} -- --${option}`);
  });
  expect(unknown).toEqual([]);
});

test("every target of make's that a document names is there", () => {
  const named = commands.flatMap(({ file, line }) =>
    [...line.matchAll(/^make ([a-z][a-z-]*)$|^make ([a-z]+-[a-z-]+)/g)].map(([, one, other]) => ({
      file,
      name: one ?? other ?? "",
    })),
  );
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter(({ name }) => TARGETS[name] === undefined)).toEqual([]);
});

test("every file that a document runs is there", () => {
  const run = commands.flatMap(({ file, line }) =>
    [...line.matchAll(/tsx ((?:[\w-]+\/)+[\w.-]+\.ts)/g)].map(([, path = ""]) => ({ file, path })),
  );
  expect(run.length).toBeGreaterThan(5);
  expect(run.filter(({ path }) => !existsSync(join(REPOSITORY, path)))).toEqual([]);
});

function sourceOf(command: string): string {
  return reachedFiles(filesOfCommand(command))
    .map((file) => readFileSync(join(REPOSITORY, file), "utf8"))
    .join("\n");
}

/** As commander declares it, or as it is searched for or given among the arguments. */
function knows(sources: string, option: string): boolean {
  return new RegExp(`["'\`, ]--(no-)?${option}\\b|options: \\{[^}]*\\b"?${option}"?:`).test(sources);
}
