import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { mistake } from "../../constructs/definition/problem.ts";

/** One synthesized object and its file. */
export interface DistObject {
  /** Path of the file, below the folder. */
  readonly file: string;
  readonly kind: string;
  /** `Kind namespace/name`, for waivers and messages. */
  readonly name: string;
}

/**
 * Every object in a folder of manifests.
 * @throws UserError if there is none, or if a file holds more than one: a scanner would read the first and pass over the others
 */
export function readDistObjects(folder: string): readonly DistObject[] {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".yaml"));
  if (files.length === 0) {
    throw mistake(`${folder}: no manifest`, "scanners say nothing about an empty folder, and end well", "cdk8s synth");
  }
  return files.sort().map((file) => {
    const documents = parseAllDocuments(readFileSync(join(folder, file), "utf8"), { version: "1.1" });
    const [document] = documents;
    if (documents.length !== 1 || document === undefined || document.errors.length > 0) {
      throw mistake(
        `${join(folder, file)}: received ${documents.length} objects, or none that can be read`,
        "one object per file: scanners pass over the others",
        "cdk8s synth",
      );
    }
    const { kind, metadata }: { kind: string; metadata: { name: string; namespace?: string } } = document.toJS();
    return { file, kind, name: objectName(kind, metadata.namespace, metadata.name) };
  });
}

/** An object as waivers and messages name it. */
export function objectName(kind: string, namespace: string | undefined, name: string): string {
  return `${kind} ${namespace === undefined || namespace === "" ? "" : `${namespace}/`}${name}`;
}
