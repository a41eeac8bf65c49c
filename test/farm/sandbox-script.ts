import { join, relative } from "node:path";

/** A folder of the machine that a cluster sees with content of its own. */
export interface Cover {
  /** The machine's folder, for example /var/log. */
  readonly target: string;
  /** What the cluster sees there. */
  readonly source: string;
  /** Whether the source is held in memory. */
  readonly inMemory: boolean;
}

/** What a cluster's mount namespace looks like. */
export interface SandboxMounts {
  readonly covers: readonly Cover[];
  /** Further folders to bind, after the covers: source and target. */
  readonly binds: readonly { readonly source: string; readonly target: string }[];
  /** Folders that must stay visible although a cover hides their place. */
  readonly keep: readonly string[];
}

/**
 * The shell script with which a cluster's init process furnishes its namespaces before it settles down: everything
 * that runs inside later sees it, and the machine outside sees nothing of it.
 */
export function sandboxScript(mounts: SandboxMounts): string {
  const lines = mounts.covers.flatMap((cover) => [
    `mkdir -p ${quote(cover.source)}`,
    ...(cover.inMemory ? [`mount -t tmpfs -o mode=755 tmpfs ${quote(cover.source)}`] : []),
    ...mounts.keep
      .filter((folder) => isBelow(folder, cover.target))
      .map((folder) => ({ folder, place: join(cover.source, relative(cover.target, folder)) }))
      .flatMap(({ folder, place }) => [`mkdir -p ${quote(place)}`, `mount --bind ${quote(folder)} ${quote(place)}`]),
    `mount --rbind ${quote(cover.source)} ${quote(cover.target)}`,
  ]);
  const binds = mounts.binds.flatMap(({ source, target }) => [
    `mkdir -p ${quote(target)}`,
    `mount --bind ${quote(source)} ${quote(target)}`,
  ]);
  return [
    "set -eu",
    ...lines,
    ...binds,
    // Pods may ask for mounts to reach into them; that needs shared mounts, as on any node.
    "mount --make-rshared /",
    "ip link set lo up",
    "echo ready",
    // tini reaps what its children leave behind; sleep is there because tini wants a child.
    "exec tini -s -- sleep infinity >/dev/null 2>&1",
  ].join("\n");
}

/** Whether `path` lies strictly inside `folder`. */
export function isBelow(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== "" && !way.startsWith("..") && !way.startsWith("/");
}

/** A word for sh. */
export function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
