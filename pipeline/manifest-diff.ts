import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Manifest } from "../constructs/kubernetes/manifest.ts";
import { toYaml } from "../infra/yaml.ts";
import { type Estate, PLATFORM } from "../isolation/model/estate.ts";
import { objectName } from "../isolation/model/object-name.ts";
import { maskManifest } from "./mask.ts";

/** What changes in one owner's manifests. */
export interface OwnerDiff {
  /** A customer's name, or `platform`. */
  readonly owner: string;
  readonly presence: "new" | "removed" | "changed";
  /** Objects of the central cluster, which Pulumi makes. */
  readonly create: number;
  readonly update: number;
  readonly delete: number;
  /** Unified diff of the masked objects, the customer's side among them. */
  readonly text: string;
}

/** One owner's objects on one side, by name. */
type Objects = ReadonlyMap<string, string>;

/** Marks an object that the customer's administrator applies, not Pulumi. */
const CUSTOMER_SIDE = "customer-side: ";

/** Prefix of objects that the central cluster's administrator applies, not a stack. */
const DEPLOYER = "deployer: ";

/** Compares the manifests of two revisions, owner by owner; an owner without a difference is left out. */
export function diffManifests(base: Estate, head: Estate): readonly OwnerDiff[] {
  const before = byOwner(base);
  const after = byOwner(head);
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((owner) => {
    const old = before.get(owner);
    const now = after.get(owner);
    const diff = diffOwner(owner, old ?? new Map(), now ?? new Map());
    const presence = old === undefined ? "new" : now === undefined ? "removed" : "changed";
    return diff.text === "" ? [] : [{ owner, presence, ...diff }];
  });
}

function diffOwner(owner: string, before: Objects, after: Objects): Omit<OwnerDiff, "owner" | "presence"> {
  const names = [...new Set([...before.keys(), ...after.keys()])].filter(
    (name) => before.get(name) !== after.get(name),
  );
  const deployed = names.filter((name) => !name.startsWith(CUSTOMER_SIDE) && !name.startsWith(DEPLOYER));
  return {
    create: deployed.filter((name) => !before.has(name)).length,
    update: deployed.filter((name) => before.has(name) && after.has(name)).length,
    delete: deployed.filter((name) => !after.has(name)).length,
    text: names.length === 0 ? "" : unifiedDiff(owner, names, before, after),
  };
}

function byOwner(estate: Estate): ReadonlyMap<string, Objects> {
  const entries = (manifests: readonly Manifest[], prefix = ""): [string, string][] =>
    manifests.map((manifest) => [`${prefix}${objectName(manifest)}`, toYaml(maskManifest(manifest))]);
  return new Map<string, Objects>([
    [PLATFORM, new Map(entries(estate.platform))],
    ...estate.customers.map(
      ({ name, lane, customerSide, apps, deployer }) =>
        [
          name,
          new Map([
            ...entries(lane),
            ...entries(apps),
            ...entries(deployer, DEPLOYER),
            ...entries(customerSide, CUSTOMER_SIDE),
          ]),
        ] as const,
    ),
  ]);
}

/** Git compares: it is available wherever the pipeline runs, and reviewers know its format. */
function unifiedDiff(owner: string, names: readonly string[], before: Objects, after: Objects): string {
  const scratch = mkdtempSync(join(tmpdir(), "nightlane-manifests-"));
  try {
    for (const [side, objects] of [
      ["before", before],
      ["after", after],
    ] as const) {
      for (const name of names) {
        const text = objects.get(name);
        if (text !== undefined) {
          const file = join(scratch, side, owner, `${name.replaceAll(/[^\w.-]+/g, "_")}.yaml`);
          mkdirSync(join(file, ".."), { recursive: true });
          writeFileSync(file, text);
        }
      }
      mkdirSync(join(scratch, side), { recursive: true });
    }
    const args = ["diff", "--no-index", "--no-color", "--no-ext-diff", "--no-prefix", "before", "after"];
    const { status, stdout, stderr } = spawnSync("git", args, { cwd: scratch, encoding: "utf8", maxBuffer: 2 ** 28 });
    if (status !== 1 && status !== 0) {
      throw new Error(`git diff of the manifests of ${owner} failed: ${stderr}`);
    }
    return stdout
      .split("\n")
      .filter((line) => !/^(diff --git|index |new file|deleted file|similarity index)/.test(line))
      .join("\n");
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
