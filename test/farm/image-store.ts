import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../constructs/definition/problem.ts";
import type { BuiltImage } from "./images/ensure.ts";
import { CONTAINERD_SOCKET, containerdConfig } from "./node.ts";
import type { ClusterPaths } from "./paths.ts";
import type { Sandbox } from "./sandbox.ts";

const CTR = ["ctr", "--address", CONTAINERD_SOCKET, "--namespace", "k8s.io"] as const;

/** Seconds for unpacking one large image on a busy machine. */
const IMPORT_LIMIT_SECONDS = 600;

/**
 * Frees the unpacked images of an earlier farm from that farm's containers and from images that are no longer
 * wanted. Must happen before the cluster's own containerd starts. A store that cannot be read is thrown away: the
 * images are then unpacked again.
 */
export async function cleanImageStore(
  sandbox: Sandbox,
  paths: ClusterPaths,
  wanted: readonly BuiltImage[],
): Promise<void> {
  if (!existsSync(join(paths.imageStore, "io.containerd.metadata.v1.bolt"))) {
    return;
  }
  const config = join(paths.config, "containerd-clean.toml");
  await writeFile(config, containerdConfig("", "", "", false));
  const log = join(paths.logs, "containerd-clean.log");
  const keep = wanted.map((image) => image.reference).join("\n");
  try {
    await sandbox.run("sh", ["-c", CLEAN_SCRIPT, "clean", config, log, keep], 60);
  } catch (error) {
    if (!(error instanceof UserError)) {
      throw error;
    }
    // From inside, where the store is mounted.
    await sandbox.run("sh", ["-c", "rm -rf /var/lib/containerd/*"]);
  }
}

/** Runs a containerd without Kubernetes' plugin for a moment, removes what is not wanted, and ends it. */
const CLEAN_SCRIPT = `
set -eu
config=$1 log=$2 keep=$3
containerd --config "$config" >"$log" 2>&1 &
containerd=$!
trap 'kill "$containerd" && wait "$containerd" || true' EXIT
tries=0
until ${CTR.join(" ")} version >/dev/null 2>&1; do
  tries=$((tries + 1))
  [ "$tries" -lt 100 ] && kill -0 "$containerd"
  sleep 0.05
done
for container in $(${CTR.join(" ")} containers list --quiet); do
  ${CTR.join(" ")} containers remove "$container"
done
for image in $(${CTR.join(" ")} images list --quiet); do
  case "
$keep
" in *"
$image
"*) ;; *) ${CTR.join(" ")} images remove "$image" >/dev/null ;; esac
done
`;

/** Imports the images that the cluster's running containerd lacks. Returns how many were imported. */
export async function importImages(
  sandbox: Sandbox,
  images: readonly BuiltImage[],
  onImport: (image: BuiltImage) => void,
): Promise<number> {
  const present = new Set((await ctr(sandbox, ["images", "list", "--quiet"])).split("\n"));
  const missing = images.filter((image) => !present.has(image.reference));
  for (const image of missing) {
    onImport(image);
    // With a base name and digests, containerd itself names the image <repository>@<digest>.
    await ctr(sandbox, ["images", "import", "--base-name", image.repository, "--digests", image.archive]);
    const names = (await ctr(sandbox, ["images", "list", "--quiet"])).split("\n");
    if (!names.includes(image.reference)) {
      throw new UserError(
        `${image.archive} holds no image ${image.reference}.\nBuild it again: remove the file, then run farm up.`,
      );
    }
  }
  return missing.length;
}

async function ctr(sandbox: Sandbox, args: readonly string[]): Promise<string> {
  const [command, ...options] = CTR;
  return sandbox.run(command, [...options, ...args], IMPORT_LIMIT_SECONDS);
}
