import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readGuide, readSection } from "../../e2e/deploy-guide/guide.ts";
import { REPOSITORY } from "../../support/reached-files.ts";
import { parseCommandLine } from "../ops/support/command-line.ts";

/** Guides whose numbered sections a test runs, block by block, with that test. */
const RUN: Readonly<Record<string, string>> = {
  "docs/deploy.md": "test/e2e/deploy-guide.test.ts",
  "docs/release.md": "test/release/release-guide.test.ts",
};

/** The one section without a number that a test runs. */
const README_SECTION = "Add a customer in five minutes";

const documents = readdirSync(REPOSITORY, { recursive: true, encoding: "utf8" }).filter(
  (file) => file.endsWith(".md") && !/(^|\/)(node_modules|\.git|\.judge|dist|coverage|docs\/api)\//.test(file),
);

/** All blocks, with what stands right above them. */
const all = documents.flatMap((file) =>
  [...readFileSync(join(REPOSITORY, file), "utf8").matchAll(/(?:^ *(\S.*)\n\n)?^ *```(\w*)\n([\s\S]*?)^ *```$/gm)].map(
    ([, above = "", language = "", commands = ""]) => ({ file, above, language, commands }),
  ),
);
const readme = readSection(readFileSync(join(REPOSITORY, "README.md"), "utf8"), README_SECTION);
const blocks = all.filter(({ language }) => language === "sh");

/** What every run of CI types. */
const IN_CI = /^(make (demo|test)|npm ci)( +#.*)?$/;
/** What only looks, as operators on call may. */
const LOOKS = /^kubectl -n [\w-]+ (get|logs) /;

/** Whether each line is typed in CI, only looks, or is a command of nightlane's that the real program takes. */
async function isTyped(commands: string): Promise<boolean> {
  const lines = commands.split("\n").filter((line) => line !== "");
  for (const line of lines.filter((one) => !IN_CI.test(one) && !LOOKS.test(one))) {
    const isTaken = await parseCommandLine(line.replace(/ > \S+$/, "")).then(
      () => true,
      () => false,
    );
    if (!isTaken) {
      return false;
    }
  }
  return true;
}

/** A block as it is typed, without the indentation of the list that it is in. */
function outdented(commands: string): string {
  const indent = /^ */.exec(commands)?.[0] ?? "";
  return commands.replaceAll(new RegExp(`^${indent}`, "gm"), "");
}

test("guides that a test runs are there, and so is the test", () => {
  expect(readFileSync(join(REPOSITORY, "test/e2e/readme.test.ts"), "utf8")).toContain(`"${README_SECTION}"`);
  expect(blocks.length).toBeGreaterThan(60);
  for (const [file, path] of Object.entries(RUN)) {
    expect(documents).toContain(file);
    expect(readFileSync(join(REPOSITORY, path), "utf8")).toContain("readGuide(");
  }
});

/** What is typed is in a block of `sh`; the other languages are read. */
const OPENING = /^ *```(sh|text|ts|json|yaml|java|mermaid)$/;

/** Lines that show code otherwise than a block in one of these languages, where nobody would look for commands. */
function unreadableCode(text: string): readonly string[] {
  let opening: string | undefined;
  let before = "";
  const found: string[] = [];
  for (const line of text.split("\n")) {
    if (/^\s*(`{3}|~{3})/.test(line)) {
      if (!(opening === undefined ? OPENING.test(line) : line.trim() === "```")) {
        found.push(line);
      }
      opening = opening === undefined ? line : undefined;
    } else if (
      opening === undefined ? before === "" && /^( {4}|\t)/.test(line) : /text$/.test(opening) && /^ *\$ /.test(line)
    ) {
      found.push(line);
    }
    before = line;
  }
  return opening === undefined ? found : [...found, opening];
}

test.each([
  ["```\nmake demo\n```", "```"],
  ["```zsh\nmake demo\n```", "```zsh"],
  ['```sh title="x"\nmake demo\n```', '```sh title="x"'],
  ["~~~sh\nmake demo\n~~~", "~~~sh"],
  ["````sh\nmake demo\n````", "````sh"],
  ["```sh\nmake demo", "```sh"],
  ["```text\n$ make demo\n```", "$ make demo"],
  ["Type:\n\n    make demo", "    make demo"],
])("%j would hide a command", (text, line) => {
  expect(unreadableCode(text)).toContain(line);
});

test("every block says in the same way what it is written in", () => {
  const found = documents.flatMap((file) =>
    unreadableCode(readFileSync(join(REPOSITORY, file), "utf8")).map((line) => `${file}: ${line}`),
  );
  expect(found).toEqual([]);
});

test("every block of a shell is run by a test, or says by which not and why", async () => {
  const unproven: string[] = [];
  for (const { file, above, commands } of blocks) {
    const isRun =
      RUN[file] !== undefined &&
      readGuide(readFileSync(join(REPOSITORY, file), "utf8")).some((section) =>
        section.blocks.some((block) => block.commands === commands && block.notRun === undefined),
      );
    const isInReadme = file === "README.md" && readme.some((block) => block.commands === outdented(commands));
    const isMarked = /^\*Not run by (the|a) test( .+)?[,:;] .+\*$/.test(above);
    if (!isRun && !isInReadme && !isMarked && !(await isTyped(commands))) {
      unproven.push(`${file}: ${commands.split("\n")[0]}`);
    }
  }
  expect(unproven).toEqual([]);
});
