import { readFileSync } from "node:fs";
import { join } from "node:path";

/** One package that is pinned by a lock file. */
export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  /** The hashes of its content: `sha512-<base64>`, `sha256:<hex>`. */
  readonly hashes: readonly string[];
  /** Whether it comes inside another package, whose hash covers it. */
  readonly bundled: boolean;
  /** Addresses in the lock file, of which there must be none: the installer decides the source. */
  readonly addresses: readonly string[];
}

interface NpmEntry {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly inBundle?: boolean;
}

/** The packages of a `package-lock.json`. */
export function npmPackages(root: string, file = "package-lock.json"): readonly LockedPackage[] {
  const { packages }: { readonly packages: Readonly<Record<string, NpmEntry>> } = JSON.parse(
    readFileSync(join(root, file), "utf8"),
  );
  return Object.entries(packages)
    .filter(([path]) => path !== "")
    .map(([path, { version = "", integrity, resolved, inBundle }]) => ({
      name: path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length),
      version,
      hashes: integrity === undefined ? [] : integrity.split(" "),
      bundled: inBundle === true,
      addresses: resolved === undefined ? [] : [resolved],
    }));
}

/** The packages of a requirements file that pip installs with `--require-hashes`. */
export function pipPackages(root: string, file: string): readonly LockedPackage[] {
  const text = readFileSync(join(root, file), "utf8").replaceAll("\\\n", " ");
  return text
    .split("\n")
    .map((line) => line.replace(/(^|\s)#.*$/, "").trim())
    .filter((line) => line !== "")
    .map((line) => {
      const [, name = line, version = ""] = /^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;]+)/.exec(line) ?? [];
      return {
        name,
        version,
        hashes: [...line.matchAll(/--hash=(sha256:[0-9a-f]{64})(?=\s|$)/g)].map(([, hash = ""]) => hash),
        bundled: false,
        addresses: [...line.matchAll(/(?:https?|git\+\w+):\/\/\S+|--(?:extra-)?index-url \S+/g)].map(
          ([found]) => found,
        ),
      };
    });
}
