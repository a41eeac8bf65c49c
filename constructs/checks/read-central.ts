import { fileURLToPath } from "node:url";
import type { CentralCluster } from "../definition/central-cluster.ts";
import { readJsonObject } from "../definition/json-file.ts";
import { requireCentral } from "./check-central.ts";

const FILE = fileURLToPath(new URL("../../central.json", import.meta.url));

let read: CentralCluster | undefined;

/**
 * The central cluster as `central.json` describes it, read and checked once.
 * @throws ProblemsError with everything wrong in it
 */
export function centralCluster(): CentralCluster {
  read ??= readCentral(FILE);
  return read;
}

/** Reads and checks one such file. */
export function readCentral(file: string): CentralCluster {
  const content = readJsonObject({
    file,
    shown: "central.json",
    rule: "a JSON object with what lanes must know about the central cluster",
    fix: "write the fields that docs/deploy.md names, or restore the file from version control",
  });
  return requireCentral(content);
}
