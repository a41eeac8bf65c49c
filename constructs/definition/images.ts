import { fileURLToPath } from "node:url";
import { record, value } from "../form/form.ts";
import { requireForm } from "../form/require-form.ts";
import { readJsonObject } from "./json-file.ts";

/** The images of a deployment, by purpose. */
export type ImageName = "runner" | "risk" | "nightwatch" | "argoController" | "argoExecutor";

/** A reference as container runtimes read it: an optional registry, a lower-case repository, an optional tag, a digest. */
const byDigest =
  /^((localhost|[A-Za-z0-9-]+(?=[.:])[A-Za-z0-9.-]*)(:\d+)?\/)?[a-z0-9]+((\.|__?|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|__?|-+)[a-z0-9]+)*)*(:[\w.-]{1,128})?@sha256:[0-9a-f]{64}$/;

/** Whether an image's name ends in a digest, which fixes what will run. */
export function isByDigest(reference: unknown): reference is string {
  return typeof reference === "string" && byDigest.test(reference);
}

const image = value("an image by digest", `"<repository>@sha256:<64 hex digits>"`, isByDigest);
const form = record<Readonly<Record<ImageName, string>>>(
  { runner: image, risk: image, nightwatch: image, argoController: image, argoExecutor: image },
  "the images of a deployment",
  '{ "runner": "<repository>@sha256:<64 hex digits>", ... }',
);

/** The content of each file, read once. */
const read = new Map<string, Readonly<Record<ImageName, string>>>();

/**
 * Image references by digest: from `images.json`, which the release pipeline writes, or from the file that
 * NIGHTLANE_IMAGES names (the farm's own builds). A tag is refused: only a digest fixes what will run.
 */
export function images(): Readonly<Record<ImageName, string>> {
  const file = process.env.NIGHTLANE_IMAGES || fileURLToPath(new URL("../../images.json", import.meta.url));
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
        : "restore it from version control, or let make release write it",
  });
  return requireForm(file, form, content);
}
