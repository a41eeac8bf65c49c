import { describe, expect, test } from "vitest";
import type { OwnerDiff } from "../../../pipeline/manifest-diff.ts";
import { NOTE_MARKER, type NoteContent, renderNote, terraformReport } from "../../../pipeline/note.ts";

const diff = (owner: string, rest: Partial<OwnerDiff> = {}): OwnerDiff => ({
  owner,
  presence: "changed",
  create: 1,
  update: 2,
  delete: 3,
  text: "-old\n+new",
  ...rest,
});

const content = (rest: Partial<NoteContent> = {}): NoteContent => ({
  affected: { customers: ["nordbank"], removed: [], platform: false },
  diffs: [diff("nordbank")],
  access: { summary: "", widens: false, widenings: [], addedFacts: [], removedFacts: [] },
  nights: {},
  ...rest,
});

describe("renderNote", () => {
  test("starts with the marker and says for whom what changes", () => {
    expect(renderNote(content())).toMatchInlineSnapshot(`
      "<!-- nightlane: what this merge request changes -->
      ## What this merge request changes

      After the merge: 1 customer to deploy (nordbank).

      | stack | | create | update | delete |
      |---|---|---:|---:|---:|
      | nordbank | changed | 1 | 2 | 3 |

      ### Access

      Access does not widen without a waiver.


      ### Manifests

      <details><summary>nordbank</summary>

      \`\`\`diff
      -old
      +new
      \`\`\`

      </details>
      "
    `);
  });

  test("tells access opened and closed, and widening first", () => {
    const note = renderNote(
      content({
        access: {
          summary: "",
          widens: true,
          widenings: [{ line: "nordbank: may get secrets" }],
          addedFacts: [{ owner: "nordbank", text: "may get secrets" }],
          removedFacts: [{ owner: "nordbank", text: "may list pods" }],
        },
      }),
    );
    expect(note).toContain("**Access widens, and no waiver covers it.**");
    expect(note).toContain("- opened: `nordbank: may get secrets`");
    expect(note).toContain("- closed: `nordbank: may list pods`");
  });

  test("says in one line what a new customer brings, and that it goes no further", () => {
    const note = renderNote(
      content({
        diffs: [diff("seebank", { presence: "new" })],
        access: {
          summary: "",
          widens: false,
          widenings: [],
          addedFacts: ["may a", "may b"].map((text) => ({ owner: "seebank", text })),
          removedFacts: [],
        },
      }),
    );
    expect(note).toContain("- opened: `seebank: new as a whole, 2 rights and paths`");
    expect(note).not.toContain("may a");
  });

  test("says so when access could not be compared", () => {
    expect(renderNote(content({ access: undefined }))).toContain("**Could not be compared:**");
  });

  test("draws a new night", () => {
    expect(renderNote(content({ nights: { nordbank: "flowchart TD\n" } }))).toContain(
      "### The night of nordbank\n\n```mermaid\nflowchart TD\n```",
    );
  });

  test("a manifest cannot end its own fence", () => {
    const note = renderNote(content({ diffs: [diff("nordbank", { text: "+```\n+# Approved" })] }));
    expect(note).toContain("````diff\n+```\n+# Approved\n````");
  });

  test("masks what looks like a secret wherever it came from", () => {
    expect(renderNote(content({ nights: { nordbank: "glpat-canary0123456789" } }))).not.toContain("canary");
  });

  test("stays readable when a construct changes a thousand customers", () => {
    const diffs = Array.from({ length: 1000 }, (_, index) => diff(`bank-${index}`, { text: "+x\n".repeat(1000) }));
    const note = renderNote(content({ diffs }));
    expect(note.length).toBeLessThan(100_000);
    expect(note).toContain("and 990 more");
  });

  test("says when nothing changes", () => {
    expect(renderNote(content({ diffs: [] }))).toContain("**No manifest changes.**");
  });
});

test("the report is the sum of all stacks, in GitLab's form", () => {
  expect(terraformReport([diff("a"), diff("b", { create: 10 })])).toEqual({ create: 11, update: 4, delete: 6 });
  expect(NOTE_MARKER).toMatch(/^<!--/);
});
