import { expect, test } from "vitest";
import { type NotesInput, releaseNotes, withNotes } from "../../../pipeline/release/notes.ts";

const input: NotesInput = {
  version: "1.4.0",
  date: "2026-03-27",
  since: "v1.3.2",
  commits: [
    { subject: "Let a step have a deadline", body: "", files: ["test/unit/a.test.ts", "constructs/night/step.ts"] },
    { subject: "Read the kubeconfig again", body: "", files: ["runner/src/a.py", "docs/operate.md"] },
    { subject: "Say what a limit is", body: "", files: ["docs/limits.md"] },
  ],
  references: {
    runner: "r/runner@sha256:1",
    nightwatch: "r/nightwatch@sha256:1",
    risk: "r/risk@sha256:1",
    argoController: "r/workflow-controller@sha256:1",
    argoExecutor: "r/argoexec@sha256:1",
    ci: "r/ci@sha256:1",
  },
  argo: "4.0.10",
  argoFit: true,
};

test("tell each commit once, where it belongs, and every image", () => {
  expect(releaseNotes(input)).toMatchInlineSnapshot(`
    "## 1.4.0 (2026-03-27)

    3 changes since 1.3.2.

    ### Customer files, and what is made from them

    - Let a step have a deadline

    ### The runner

    - Read the kubeconfig again

    ### Documents, tests and tools

    - Say what a limit is

    ### Images

    - runner: \`r/runner@sha256:1\`
    - nightwatch: \`r/nightwatch@sha256:1\`
    - risk: \`r/risk@sha256:1\`
    - argoController: \`r/workflow-controller@sha256:1\`
    - argoExecutor: \`r/argoexec@sha256:1\`
    - ci: \`r/ci@sha256:1\`
    - Argo Workflows 4.0.10
    "
  `);
});

test("say of a first release that it is one, and of an Argo below the floor that it is not for production", () => {
  const notes = releaseNotes({ ...input, since: undefined, argo: "4.0.5", argoFit: false });
  expect(notes).toContain("The first release.");
  expect(notes).toContain("**Not for production:** Argo 4.0.5 is below the minimum for production.");
});

test("stand before those of earlier releases", () => {
  const one = withNotes("", "## 1.0.0 (2026-03-01)\n\nThe first release.\n");
  expect(one).toBe("# Releases\n\n## 1.0.0 (2026-03-01)\n\nThe first release.\n");
  expect(withNotes(one, "## 1.1.0 (2026-03-02)\n")).toBe(
    "# Releases\n\n## 1.1.0 (2026-03-02)\n\n## 1.0.0 (2026-03-01)\n\nThe first release.\n",
  );
});
