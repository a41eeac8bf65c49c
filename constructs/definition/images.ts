import { fileURLToPath } from "node:url";
import { readJsonObject } from "./json-file.ts";
import { UserError } from "./problem.ts";

/** The images of a deployment, by purpose. */
export type ImageName = "runner" | "risk" | "nightwatch" | "argoController" | "argoExecutor";

const names: readonly ImageName[] = ["runner", "risk", "nightwatch", "argoController", "argoExecutor"];

/** A reference as container runtimes read it: an optional registry, a lower-case repository, an optional tag, a digest. */
const byDigest =
  /^((localhost|[A-Za-z0-9-]+(?=[.:])[A-Za-z0-9.-]*)(:\d+)?\/)?[a-z0-9]+((\.|__?|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|__?|-+)[a-z0-9]+)*)*(:[\w.-]{1,128})?@sha256:[0-9a-f]{64}$/;

/** Whether an image's name ends in a digest, so that it says what will run. */
export function isByDigest(reference: unknown): reference is string {
  return typeof reference === "string" && byDigest.test(reference);
}

/** The content of each file, read once. */
const read = new Map<string, Readonly<Record<ImageName, string>>>();

/**
 * Image references by digest: from `images.json`, which the release pipeline writes, or from the file that
 * NIGHTLANE_IMAGES names (the farm's own builds). A tag is refused: only a digest says what will run.
 */
export function images(): Readonly<Record<ImageName, string>> {
  const file = process.env.NIGHTLANE_IMAGES ?? fileURLToPath(new URL("../../images.json", import.meta.url));
  const images = read.get(file) ?? readImages(file);
  read.set(file, images);
  return images;
}

/** Reads and checks one images file. */
export function readImages(file: string): Readonly<Record<ImageName, string>> {
  const content = readJsonObject({
    file,
    rule: "a JSON object that names every image by digest",
    fix:
      file === process.env.NIGHTLANE_IMAGES
        ? "correct NIGHTLANE_IMAGES, or unset it for images.json"
        : "take it back from version control, or let make release write it",
  });
  const references = new Map(Object.entries(content));
  const wrong = names.filter((name) => !isByDigest(references.get(name)));
  if (wrong.length > 0) {
    const list = wrong
      .map((name) => `${name}: received ${JSON.stringify(references.get(name)) ?? "nothing"}`)
      .join("\n  ");
    throw new UserError(
      `${file}: every image is named by digest\n  ${list}\n    fix: write <repository>@sha256:<64 hex digits>`,
    );
  }
  const reference = (name: ImageName): string => String(references.get(name));
  return {
    runner: reference("runner"),
    risk: reference("risk"),
    nightwatch: reference("nightwatch"),
    argoController: reference("argoController"),
    argoExecutor: reference("argoExecutor"),
  };
}
