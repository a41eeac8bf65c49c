import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import type { CentralCluster } from "../../constructs/definition/central-cluster.ts";
import { mistake, received } from "../../constructs/definition/problem.ts";
import type { Versions } from "../../constructs/definition/versions.ts";
import type { Manifest } from "../../constructs/kubernetes/manifest.ts";
import { laneNamespace } from "../../runs/lane-namespace.ts";
import type { DefinedCustomer } from "./collect.ts";
import { declaredEndpoint, impliedEndpoint } from "./endpoint.ts";
import { type CustomerLane, type Estate, PLATFORM, type Trials } from "./estate.ts";
import { isFields } from "./fields.ts";
import { checkAsDeployed } from "./kubeconfig-check.ts";

/** What a folder of manifests does not contain itself. */
export interface DistSurroundings {
  readonly central: CentralCluster;
  readonly versions: Versions;
  /** Definitions of its customers, as far as they are at hand. */
  readonly definitions: readonly DefinedCustomer[];
  /** What was tried on the definitions. */
  readonly trials?: Pick<Trials, "canary" | "change" | "pipeline">;
}

/**
 * Reads what `cdk8s synth` wrote: `platform/`, and for each customer `<name>/`, `<name>/customer-side/` and
 * `<name>/apps/`.
 * @throws UserError if the folder is not of that shape, or a file in it is not a manifest.
 */
export function readDist(folder: string, surroundings: DistSurroundings): Estate {
  if (!existsSync(join(folder, PLATFORM))) {
    throw mistake(
      `${folder}: has no folder ${PLATFORM}`,
      "a folder that cdk8s synth wrote",
      "run npm run synth and name its output, dist",
    );
  }
  const known = new Map(surroundings.definitions.map((defined) => [defined.definition.name, defined]));
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== PLATFORM)
    .map((entry) => entry.name)
    .sort();
  return {
    customers: names.map((name) => readLane(folder, name, known.get(name))),
    platform: readManifests(join(folder, PLATFORM)),
    central: surroundings.central,
    versions: surroundings.versions,
    trials: {
      canary: undefined,
      change: undefined,
      pipeline: undefined,
      checkKubeconfig: checkAsDeployed,
      ...surroundings.trials,
    },
  };
}

function readLane(folder: string, name: string, defined: DefinedCustomer | undefined): CustomerLane {
  const lane = readManifests(join(folder, name));
  const customerSide = readManifests(join(folder, name, "customer-side"));
  return {
    name,
    namespace: laneNamespace(name),
    lane,
    customerSide,
    apps: readManifests(join(folder, name, "apps")),
    deployer: readManifests(join(folder, name, "deployer")),
    endpoint: defined === undefined ? impliedEndpoint(lane, customerSide) : declaredEndpoint(defined.definition),
    definition: defined?.definition,
    source: defined?.source,
  };
}

function readManifests(folder: string): readonly Manifest[] {
  if (!existsSync(folder)) {
    return [];
  }
  const files = readdirSync(folder).filter((file) => /\.ya?ml$/.test(file));
  return files.sort().flatMap((file) => readFile(join(folder, file)));
}

/** What was read, by text: two folders that are compared are nearly the same, and parsing is what takes time. */
const parsed = new Map<string, readonly Manifest[]>();

function readFile(file: string): readonly Manifest[] {
  const content = readFileSync(file, "utf8");
  const manifests = parsed.get(content) ?? parseManifests(content, file);
  parsed.set(content, manifests);
  return manifests;
}

function parseManifests(content: string, file: string): readonly Manifest[] {
  return parseAllDocuments(content, { version: "1.1" }).map((document): Manifest => {
    const value: unknown = document.toJS();
    if (document.errors.length > 0 || !isManifest(value)) {
      throw mistake(
        `${file}: received ${document.errors[0]?.message ?? received(value)}`,
        "a Kubernetes object with apiVersion, kind and metadata.name",
        "write the folder again with npm run synth",
      );
    }
    return value;
  });
}

function isManifest(value: unknown): value is Manifest {
  return (
    isFields(value) &&
    typeof value.apiVersion === "string" &&
    typeof value.kind === "string" &&
    isFields(value.metadata) &&
    typeof value.metadata.name === "string"
  );
}
