import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { dagMermaid } from "../authoring/dag/mermaid.ts";
import { nightGraph } from "../authoring/dag/night-graph.ts";
import { customerFile, loadCustomer } from "../constructs/definition/customer-files.ts";
import { runCli } from "../constructs/definition/run-cli.ts";
import { readSide } from "../isolation/diff/sources.ts";
import { PLATFORM } from "../isolation/model/estate.ts";
import type { Affected } from "./affected.ts";
import { writeNote } from "./gitlab-notes.ts";
import { diffManifests, type OwnerDiff } from "./manifest-diff.ts";
import { type AccessDiff, NOTE_MARKER, renderNote, terraformReport } from "./note.ts";

/**
 * `review.ts <base> [head]`: reads, in the current folder, plan/affected.json and isolation-diff.json, writes review-note.md and
 * review-terraform.json, and posts the note to the merge request that GitLab's variables name.
 */

/** Drawings in one note; a change of a construct may touch every night. */
const DRAWN_NIGHTS = 5;

async function review(base: string, head: string | undefined): Promise<void> {
  const affected: Affected = JSON.parse(readFileSync("plan/affected.json", "utf8"));
  const diffs = diffManifests(readSide(base).estate, readSide(head).estate);
  const note = renderNote({ affected, diffs, access: readAccess(), nights: await drawNights(diffs) });
  writeFileSync("review-note.md", note);
  writeFileSync("review-terraform.json", `${JSON.stringify(terraformReport(diffs))}\n`);
  await publish(note);
}

function readAccess(): AccessDiff | undefined {
  const file = "isolation-diff.json";
  const text = existsSync(file) ? readFileSync(file, "utf8").trim() : "";
  // Empty where the comparison failed, which its own job reports.
  return text === "" ? undefined : JSON.parse(text);
}

/** Nights that are new or differ: their WorkflowTemplate, which is named by its content, has another name. */
async function drawNights(diffs: readonly OwnerDiff[]): Promise<Readonly<Record<string, string>>> {
  const changed = diffs.filter(
    ({ owner, presence, text }) => owner !== PLATFORM && presence !== "removed" && text.includes("WorkflowTemplate_"),
  );
  const nights: Record<string, string> = {};
  for (const { owner } of changed.slice(0, DRAWN_NIGHTS)) {
    nights[owner] = dagMermaid(nightGraph(await loadCustomer(owner, resolve("customers")), customerFile(owner)));
  }
  return nights;
}

async function publish(note: string): Promise<void> {
  const { CI_API_V4_URL: api, CI_PROJECT_ID: project, CI_MERGE_REQUEST_IID: number, NOTE_TOKEN: file } = process.env;
  if (api === undefined || project === undefined || number === undefined || file === undefined || file === "") {
    console.log(`${note}\nreview: not published: NOTE_TOKEN is not defined; the note is the artifact review-note.md`);
    return;
  }
  const token = readFileSync(file, "utf8").trim();
  console.log(`review: note ${await writeNote({ api, project, number, token }, NOTE_MARKER, note)}`);
}

await runCli(() => review(process.argv[2] ?? "", process.argv[3]));
