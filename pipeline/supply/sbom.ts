import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { images } from "../../constructs/definition/images.ts";
import versions from "../../versions.json" with { type: "json" };
import { type LockedPackage, npmPackages, pipPackages } from "./locks.ts";

/** Images of ours, with what each is made of beside its base. */
const CONTENTS: Readonly<Record<"runner" | "nightwatch" | "risk", (root: string) => readonly LockedPackage[]>> = {
  runner: (root) => pipPackages(root, "runner/requirements.lock"),
  // One bundle of what nightwatch imports; which of these that is says the bundler, so all are named that may be.
  nightwatch: (root) => npmPackages(root).filter(({ dev }) => !dev),
  risk: (root) => pipPackages(root, "examples/risk/requirements.lock"),
};

/** Argo's images, which we take as they are. */
const TAKEN = ["argoController", "argoExecutor"] as const;

/** A bill of materials of each image, in CycloneDX 1.5, from the lock files alone: no network, and the same every time. */
export function billsOfMaterials(root: string): Readonly<Record<string, object>> {
  const ours = Object.entries(CONTENTS).map(([name, contents]) => [name, bill(name, contents(root))] as const);
  const taken = TAKEN.map((name) => {
    const argo = { ecosystem: "golang", name: "github.com/argoproj/argo-workflows/v4" } as const;
    return [name, bill(name, [{ ...argo, version: versions.argoWorkflows.productionFloor, hashes: [] }])] as const;
  });
  return Object.fromEntries([...ours, ...taken]);
}

type Component = Pick<LockedPackage, "name" | "version" | "hashes"> & { readonly ecosystem: string };

function bill(image: string, packages: readonly Component[]): object {
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.5",
    version: 1,
    metadata: {
      component: { type: "container", name: image, version: Reflect.get(images(), image) },
      properties: [{ name: "nightlane:base", value: "its packages are in the image: dpkg-query --show" }],
    },
    components: packages.map(({ ecosystem, name, version, hashes }) => ({
      type: "library",
      name,
      version,
      purl: `pkg:${ecosystem}/${ecosystem === "npm" ? name.replace("@", "%40") : name}@${version}`,
      ...(ecosystem === "npm" && hashes.length > 0 ? { hashes: hashes.map(npmHash) } : {}),
    })),
  };
}

function npmHash(integrity: string): object {
  const [algorithm = "", content = ""] = integrity.split("-", 2);
  return {
    alg: algorithm.toUpperCase().replace("SHA", "SHA-"),
    content: Buffer.from(content, "base64").toString("hex"),
  };
}

if (import.meta.main) {
  const folder = process.argv[2] ?? "sbom";
  mkdirSync(folder, { recursive: true });
  for (const [image, content] of Object.entries(billsOfMaterials(join(import.meta.dirname, "../..")))) {
    writeFileSync(join(folder, `${image}.cdx.json`), `${JSON.stringify(content, undefined, 2)}\n`);
  }
}
