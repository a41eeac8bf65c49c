import type { Commit } from "./history.ts";
import type { References } from "./registry.ts";

/** What release notes are made from. */
export interface NotesInput {
  readonly version: string;
  /** The day of the release, as `2026-03-27`. */
  readonly date: string;
  /** Tag of the previous release. */
  readonly since: string | undefined;
  readonly commits: readonly Commit[];
  readonly references: References;
  /** Version of Argo's images. */
  readonly argo: string;
  /** Whether that version is allowed in production. */
  readonly argoFit: boolean;
}

/** Where a commit is listed: in the first of these that contains one of its files. */
const CHAPTERS: readonly (readonly [title: string, folders: readonly string[]])[] = [
  ["Customer files, and what is made from them", ["customers", "constructs"]],
  ["The runner", ["runner"]],
  ["Nights watched and operated", ["nightwatch", "ops", "runs", "api"]],
  ["Isolation", ["isolation"]],
  ["Deployment and pipeline", ["infra", "pipeline"]],
  ["Help for authors", ["authoring", "examples"]],
];

const REST = "Documents, tests and tools";

/** The notes of a release: its images, and its commits by what they touch. */
export function releaseNotes(input: NotesInput): string {
  const { version, date, since, commits, references, argo, argoFit } = input;
  const chapters = [...CHAPTERS.map(([title]) => title), REST].flatMap((title) => {
    const chapter = commits.filter((commit) => chapterOf(commit) === title);
    return chapter.length === 0 ? [] : [`### ${title}`, chapter.map(({ subject }) => `- ${subject}`).join("\n")];
  });
  return `${[
    `## ${version} (${date})`,
    since === undefined
      ? "The first release."
      : `${commits.length} ${commits.length === 1 ? "change" : "changes"} since ${since.replace(/^v/, "")}.`,
    ...(argoFit ? [] : [`**Not for production:** Argo ${argo} is below the minimum for production.`]),
    ...chapters,
    "### Images",
    [
      ...Object.entries(references).map(([name, reference]) => `- ${name}: \`${reference}\``),
      `- Argo Workflows ${argo}`,
    ].join("\n"),
  ].join("\n\n")}\n`;
}

function chapterOf({ files }: Commit): string {
  const touched = new Set(files.map((file) => file.split("/", 1)[0]));
  return CHAPTERS.find(([, folders]) => folders.some((folder) => touched.has(folder)))?.[0] ?? REST;
}

/** Inserts the notes of a release before those of earlier ones. */
export function withNotes(changelog: string, notes: string): string {
  const title = "# Releases\n";
  const earlier = changelog.startsWith(title) ? changelog.slice(title.length).trimStart() : changelog;
  return `${title}\n${[notes.trimEnd(), earlier.trimEnd()].filter((part) => part !== "").join("\n\n")}\n`;
}
