import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { UserError } from "../../constructs/definition/problem.ts";

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
    throw new UserError(
      `${folder}: no manifest\n    rule: scanners say nothing about an empty folder, and end well\n    fix: cdk8s synth`,
    );
  }
  return files.sort().map((file) => {
    const documents = parseAllDocuments(readFileSync(join(folder, file), "utf8"), { version: "1.1" });
    const [document] = documents;
    if (documents.length !== 1 || document === undefined || document.errors.length > 0) {
      throw new UserError(
        `${join(folder, file)}: received ${documents.length} objects, or none that can be read\n    rule: one object per file: scanners pass over the others\n    fix: cdk8s synth`,
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
