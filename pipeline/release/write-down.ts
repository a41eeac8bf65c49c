import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ArgoImages } from "./argo-images.ts";
import type { History } from "./history.ts";
import { IMAGE_FILES, nextImageFiles, readImageFiles, writeImageFiles } from "./image-files.ts";
import { releaseNotes, withNotes } from "./notes.ts";
import type { References } from "./registry.ts";

/** Where the notes of all releases are. */
const CHANGELOG = "CHANGELOG.md";

/** What a release records. */
export interface WrittenDown {
  readonly version: string;
  /** The day that the notes name, as `2026-03-27`. */
  readonly date: string;
  readonly references: References;
  readonly argo: Pick<ArgoImages, "version" | "fit">;
  readonly root: string;
  readonly history: History;
}

/**
 * Commits where the images are, and tags the commit with the notes; all of it or, where git refuses, nothing: then
 * files and branch are as before, and the same command can be run again.
 */
export async function writeDown({ version, date, references, argo, root, history }: WrittenDown): Promise<void> {
  const since = await history.lastTag();
  const commits = await history.commitsSince(since);
  const notes = releaseNotes({ version, date, since, commits, references, argo: argo.version, argoFit: argo.fit });
  const [before, images, changelog] = [await history.head(), readImageFiles(root), readChangelog(root)];
  try {
    writeImageFiles(root, nextImageFiles(images, references));
    writeFileSync(join(root, CHANGELOG), withNotes(changelog ?? "", notes));
    await history.commit(version, [...IMAGE_FILES, CHANGELOG], notes);
  } catch (error) {
    writeImageFiles(root, images);
    if (changelog === undefined) {
      rmSync(join(root, CHANGELOG), { force: true });
    } else {
      writeFileSync(join(root, CHANGELOG), changelog);
    }
    await history.goBack(before);
    throw error;
  }
}

function readChangelog(root: string): string | undefined {
  const file = join(root, CHANGELOG);
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}
