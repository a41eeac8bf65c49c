import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import {
  type CallReason,
  RUNBOOK,
  RUNBOOK_ENTRIES,
  runbookEntry,
} from "../../../constructs/platform/alerts/runbook.ts";
import { ExitCode } from "../../../ops/exit-code.ts";
import { parseCommandLine } from "./support/command-line.ts";

const repository = fileURLToPath(new URL("../../..", import.meta.url));
const text = readFileSync(join(repository, "docs/operate.md"), "utf8");

/** A heading of the document, with what stands under it. */
interface Section {
  readonly title: string;
  readonly anchor: string;
  readonly body: string;
}

const sections: readonly Section[] = text
  .split(/^(?=#{2,3} )/m)
  .slice(1)
  .map((part) => {
    const [heading = "", ...body] = part.split("\n");
    const title = heading.replace(/^#+ /, "");
    return { title, anchor: anchorOf(title), body: body.join("\n") };
  });
const entries = sections.slice(
  sections.findIndex(({ anchor }) => anchor === "runbook") + 1,
  sections.findIndex(({ anchor }) => anchor === "exit-codes"),
);

/** The anchor that GitLab and GitHub give a heading. */
function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, "")
    .replaceAll(" ", "-");
}

/** The lines of all shell blocks. */
function commandsOf(body: string): readonly string[] {
  return [...body.matchAll(/^```sh\n(.*?)^```$/gms)].flatMap(([, block = ""]) =>
    block.split("\n").filter((line) => line !== ""),
  );
}

describe("docs/operate.md", () => {
  test.each(Object.keys(RUNBOOK_ENTRIES) as CallReason[])("has the entry to which a call for %s links", (reason) => {
    const link = runbookEntry(reason);
    expect(link.startsWith(`${RUNBOOK}#`)).toBe(true);
    expect(entries.map(({ anchor }) => anchor)).toContain(link.slice(RUNBOOK.length + 1));
  });

  test("is what the links of code and documents name, with anchors that are there", () => {
    expect(RUNBOOK.endsWith("/docs/operate.md")).toBe(true);
    const anchors = new Set(sections.map(({ anchor }) => anchor));
    for (const [file, anchor] of links()) {
      expect(anchors, `${file} links to #${anchor}`).toContain(anchor);
    }
  });

  test.each(entries)("$title: at most three commands, each of them real", async ({ body }) => {
    const commands = commandsOf(body);
    expect(commands.length).toBeGreaterThan(0);
    expect(commands.length).toBeLessThanOrEqual(3);
    for (const line of commands) {
      if (line.startsWith("kubectl ")) {
        // What the role of operators on call allows, see constructs/platform/nightwatch-rbac.ts.
        expect(line).toMatch(/^kubectl -n nightlane-system (get (pods|runrecords)$|logs -l )/);
      } else {
        await expect(parseCommandLine(line), line).resolves.toBeUndefined();
      }
    }
  });

  test("would not let a command pass that is none", async () => {
    await expect(parseCommandLine('nightlane rerun nordbank --reason "x"')).rejects.toThrow("unknown command");
    await expect(parseCommandLine("nightlane retry nordbank revaluation")).rejects.toThrow("--reason");
    await expect(parseCommandLine('nightlane run nordbank --date 31.3. --reason "x"')).rejects.toThrow("YYYY-MM-DD");
  });

  test("tells every exit code", () => {
    const { body = "" } = sections.find(({ anchor }) => anchor === "exit-codes") ?? {};
    const listed = [...body.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
    expect(listed).toEqual(Object.values(ExitCode));
  });

  test("links to files that are there", () => {
    for (const [, target = ""] of text.matchAll(/\]\(([^)#]+)\)/g)) {
      expect(existsSync(join(repository, "docs", target)), target).toBe(true);
    }
  });
});

/** Every `operate.md#anchor` in code and documents, and the document's own links to itself. */
function links(): readonly (readonly [file: string, anchor: string])[] {
  const own = [...text.matchAll(/\]\(#([\w-]+)\)/g)].map(([, anchor = ""]) => ["docs/operate.md", anchor] as const);
  const files = ["constructs", "docs", "nightwatch", "ops"].flatMap((folder) =>
    readdirSync(join(repository, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => /\.(ts|md)$/.test(file))
      .map((file) => join(folder, file)),
  );
  return [
    ...own,
    ...files.flatMap((file) =>
      [...readFileSync(join(repository, file), "utf8").matchAll(/operate\.md#([\w-]+)/g)].map(
        ([, anchor = ""]) => [file, anchor] as const,
      ),
    ),
  ];
}
