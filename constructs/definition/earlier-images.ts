import { fileURLToPath } from "node:url";
import { list, record, value } from "../form/form.ts";
import { requireForm } from "../form/require-form.ts";
import { isByDigest } from "./images.ts";
import { readJsonObject } from "./json-file.ts";

/** Images of earlier releases that may still run in a lane, newest first. */
export interface EarlierImages {
  readonly runner: readonly string[];
  readonly executor: readonly string[];
}

const SHOWN = "constructs/platform/admission/earlier-images.json";
const FILE = fileURLToPath(new URL(`../../${SHOWN}`, import.meta.url));

const references = list(
  value(
    "an image by digest, <repository>@sha256:<64 hex digits>: policies allow the images listed here",
    `"registry.vendor.example/nightlane/runner@sha256:${"0".repeat(64)}", or remove it`,
    isByDigest,
  ),
  "images by digest, newest first",
  "[]",
);
const form = record<EarlierImages>(
  { runner: references, executor: references },
  "the images of earlier releases",
  '{ "runner": [], "executor": [] }',
);

let read: EarlierImages | undefined;

/**
 * The images of earlier releases, from `earlier-images.json`, which is read once.
 * @throws ProblemsError with everything wrong in it
 */
export function earlierImages(): EarlierImages {
  read ??= readEarlierImages(FILE);
  return read;
}

/** Reads and checks one such file. */
export function readEarlierImages(file: string): EarlierImages {
  const content = readJsonObject({
    file,
    shown: SHOWN,
    rule: "a JSON object with the images of earlier releases",
    fix: 'write { "runner": [], "executor": [] }, or restore it from version control',
  });
  return asEarlierImages(content);
}

/**
 * The content of such a file, as lists of images by digest.
 * @throws ProblemsError where it contains anything else
 */
export function asEarlierImages(content: object): EarlierImages {
  return requireForm(SHOWN, form, content);
}
