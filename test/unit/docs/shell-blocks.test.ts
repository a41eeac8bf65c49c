import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readGuide } from "../../e2e/deploy-guide/guide.ts";
import { REPOSITORY } from "../../support/reached-files.ts";

/** Guides whose numbered sections a test runs, block by block, with that test. */
const RUN: Readonly<Record<string, string>> = {
  "docs/deploy.md": "test/e2e/deploy-guide.test.ts",
  "docs/release.md": "test/release/release-guide.test.ts",
};

const documents = readdirSync(REPOSITORY, { recursive: true, encoding: "utf8" }).filter(
  (file) => file.endsWith(".md") && !/(^|\/)(node_modules|\.git|\.judge|dist|coverage|api)\//.test(file),
);

/** Blocks of a shell with what stands right above them. */
const blocks = documents.flatMap((file) =>
  [
    ...readFileSync(join(REPOSITORY, file), "utf8").matchAll(
      /(?:^ *(\S.*)\n\n)?^ *```(?:sh|bash|shell|console)\n([\s\S]*?)^ *```$/gm,
    ),
  ].map(([, above = "", commands = ""]) => ({ file, above, commands })),
);

test("guides that a test runs are there, and so is the test", () => {
  expect(blocks.length).toBeGreaterThan(30);
  for (const [file, path] of Object.entries(RUN)) {
    expect(documents).toContain(file);
    expect(readFileSync(join(REPOSITORY, path), "utf8")).toContain("readGuide(");
  }
});

test("every block of a shell is run by a test, or says by which not and why", () => {
  const unproven = blocks.filter(({ file, above, commands }) => {
    const isRun =
      RUN[file] !== undefined &&
      readGuide(readFileSync(join(REPOSITORY, file), "utf8")).some((section) =>
        section.blocks.some((block) => block.commands === commands && block.notRun === undefined),
      );
    return !isRun && !/^\*Not run by (the|a) test[,:] .+\*$/.test(above);
  });
  expect(unproven.map(({ file, commands }) => `${file}: ${commands.split("\n")[0]}`)).toEqual([]);
});
