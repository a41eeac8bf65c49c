import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { asEarlierImages } from "../../constructs/definition/earlier-images.ts";
import { parseJsonObject } from "../../constructs/definition/json-file.ts";
import { mistake } from "../../constructs/definition/problem.ts";
import type { References } from "./registry.ts";

const IMAGES = "images.json";
const EARLIER = "constructs/platform/admission/earlier-images.json";
const PIPELINE = ".gitlab-ci.yml";

/** Files that a release changes, by their path in the repository. */
export const IMAGE_FILES = [EARLIER, PIPELINE, IMAGES] as const;

/** The content of the three files. */
export type ImageFiles = Readonly<Record<(typeof IMAGE_FILES)[number], string>>;

/** Reads the files as they are. */
export function readImageFiles(root: string): ImageFiles {
  const text = (file: string): string => readFileSync(join(root, file), "utf8");
  return { [EARLIER]: text(EARLIER), [PIPELINE]: text(PIPELINE), [IMAGES]: text(IMAGES) };
}

/**
 * The files of the next release: its images by digest; those of the previous one added to the earlier ones, newest
 * first, since nights already running still start pods of them, as do later exact replays; and the image of the
 * pipeline's jobs.
 */
export function nextImageFiles(files: ImageFiles, references: References): ImageFiles {
  const { ci, ...images } = references;
  const before = parse(files, IMAGES) as Readonly<Record<string, string>>;
  const earlier = asEarlierImages(parse(files, EARLIER));
  return {
    [EARLIER]: json({
      runner: kept(before.runner, images.runner, earlier.runner),
      executor: kept(before.argoExecutor, images.argoExecutor, earlier.executor),
    }),
    [PIPELINE]: withImage(files[PIPELINE], ci),
    [IMAGES]: json(images),
  };
}

function parse(files: ImageFiles, file: typeof IMAGES | typeof EARLIER): object {
  const rule = "a JSON object with the images of earlier releases, to which this one adds";
  return parseJsonObject(files[file], { file, rule, fix: "restore it from version control" });
}

function kept(before: string | undefined, now: string, earlier: readonly string[]): readonly string[] {
  return [...new Set([before, ...earlier])].filter(
    (image) => image !== undefined && image !== now,
  ) as readonly string[];
}

function withImage(pipeline: string, image: string): string {
  const line = /^(default:\n(?: .*\n)*? {2}image: ).*$/m;
  if (!line.test(pipeline)) {
    throw mistake(
      `${PIPELINE}: default.image: received nothing`,
      "one line names the image of all jobs, by digest",
      "put it back, below `default:` as `  image: <repository>@sha256:...`",
    );
  }
  return pipeline.replace(line, (_, before: string) => `${before}${image}`);
}

/** Writes the files, each whole or not at all, and `images.json` last. */
export function writeImageFiles(root: string, files: ImageFiles): void {
  for (const file of IMAGE_FILES) {
    writeFileSync(join(root, `${file}.new`), files[file]);
  }
  for (const file of IMAGE_FILES) {
    renameSync(join(root, `${file}.new`), join(root, file));
  }
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
