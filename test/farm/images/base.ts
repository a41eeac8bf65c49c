import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import versions from "../../../versions.json" with { type: "json" };
import { cacheFolders, cacheKey, exists, freshWorkFolder, publish } from "../tools/cache.ts";
import { runLogged } from "../tools/command.ts";
import { withLock } from "../tools/lock.ts";
import { type Reporter, reported } from "../tools/reporter.ts";
import { DEBIAN_MIRRORS, DEBIAN_RELEASE, debianSources, hostAptProxies, hostMirrors } from "./apt-settings.ts";
import { archiveDigest } from "./archive.ts";
import { askBuildah, buildah, removeLeftovers, storageLock } from "./buildah.ts";

/** The base that Dockerfiles start from, by its tag. They name its digest as well. */
export const DEBIAN_BASE = `docker.io/library/debian:${DEBIAN_RELEASE}-slim`;

/** Its digest: what a registry serves under that name has it, or is not used. */
export const DEBIAN_DIGEST: string = versions.debian.digest;

/** A base image in the cache. */
export interface BaseImage {
  /** OCI archive. */
  readonly archive: string;
  /** Digest of its manifest. */
  readonly digest: string;
}

/** How long the registry may take to answer before the base is made here. */
const PULL_LIMIT_SECONDS = 120;

/**
 * The Debian base image: the pinned one, from the registry if that can be reached, else one made here from Debian's
 * signed packages.
 *
 * Both have the same use: `debootstrap --variant=minbase` installs what the official slim image holds, trimmed like it
 * (no documentation, manuals, translations; services do not start; apt keeps no archives). They differ in digest, which
 * is why the digest goes into every image's cache key. Once in the cache, neither the registry nor a mirror is asked
 * again.
 */
export async function ensureDebianBase(reporter: Reporter): Promise<BaseImage> {
  const places = {
    pulled: cacheFolders.finished("bases", "debian", cacheKey(DEBIAN_RELEASE, { digest: DEBIAN_DIGEST })),
    // Another pin is a reason to make it anew, too: with the packages of that day.
    made: cacheFolders.finished("bases", "debian", cacheKey(DEBIAN_RELEASE, { recipe: 3, digest: DEBIAN_DIGEST })),
  };
  let archive = await archiveIn(places);
  if (archive === undefined) {
    const onWait = () => reporter.note("waiting for another process that is building images");
    await withLock(storageLock(), onWait, async () => {
      if ((await archiveIn(places)) === undefined) {
        await reported(reporter, `fetching ${DEBIAN_BASE}`, () => make(places, reporter));
      }
    });
    archive = await archiveIn(places);
  }
  if (archive === undefined) {
    throw new Error(`no base in ${places.pulled} nor ${places.made}`);
  }
  return { archive, digest: await archiveDigest(archive) };
}

/** Folders of the cache for the base, by where it came from. */
type Places = Readonly<Record<"pulled" | "made", string>>;

async function archiveIn({ pulled, made }: Places): Promise<string | undefined> {
  for (const archive of [join(pulled, "base.tar"), join(made, "base.tar")]) {
    if (await exists(archive)) {
      return archive;
    }
  }
  return undefined;
}

async function make(places: Places, reporter: Reporter): Promise<void> {
  const work = await freshWorkFolder("debian-base");
  const log = cacheFolders.log("debian-base");
  await rm(log, { force: true });
  try {
    await removeLeftovers(log);
    const pinned = `${DEBIAN_BASE.replace(/:[^:]+$/, "")}@${DEBIAN_DIGEST}`;
    const pulled = await askBuildah(["pull", "--policy", "always", pinned], PULL_LIMIT_SECONDS);
    if (pulled.code === 0) {
      await buildah(["tag", pinned, DEBIAN_BASE], log);
    } else {
      const reason = pulled.stderr.trim().split("\n").at(-1) ?? "no answer";
      reporter.note(`the registry does not give out ${pinned}, making it with debootstrap (${reason})`);
      await bootstrap(work, log);
    }
    const output = join(work, "output");
    await mkdir(output);
    await buildah(["push", DEBIAN_BASE, `oci-archive:${join(output, "base.tar")}:${DEBIAN_BASE}`], log);
    await publish(output, pulled.code === 0 ? places.pulled : places.made);
  } finally {
    await rm(cacheFolders.work("debian-base"), { recursive: true, force: true });
  }
}

/** Left out, as in the official slim image; devices, name and resolver come from the container runtime. */
const TRIMMED = [
  "./dev/*",
  "./etc/hostname",
  "./etc/resolv.conf",
  "./usr/share/doc/*",
  "./usr/share/info/*",
  "./usr/share/locale/*",
  "./usr/share/man/*",
  "./var/cache/apt/*",
  "./var/lib/apt/lists/*",
  "./var/log/*.log",
];

/**
 * Files that are added to the base, by path: apt keeps no archives, packages start no services, sources are Debian's
 * own.
 */
const OWN_FILES: Readonly<Record<string, { readonly content: string; readonly mode: number }>> = {
  "etc/apt/apt.conf.d/keep-no-archives": {
    content: 'DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb"; };\n',
    mode: 0o644,
  },
  "etc/apt/sources.list.d/debian.sources": { content: debianSources(DEBIAN_MIRRORS), mode: 0o644 },
  "usr/sbin/policy-rc.d": { content: "#!/bin/sh\nexit 101\n", mode: 0o755 },
};

async function bootstrap(work: string, log: string): Promise<void> {
  const root = join(work, "root");
  const proxy = /Acquire::http::Proxy "([^"]+)"/i.exec(await hostAptProxies())?.[1];
  await runLogged({
    command: "debootstrap",
    args: ["--variant=minbase", "--merged-usr", "--force-check-gpg", DEBIAN_RELEASE, root, (await hostMirrors()).main],
    ...(proxy === undefined ? {} : { env: { http_proxy: proxy } }),
    log,
  });
  for (const [path, { content, mode }] of Object.entries(OWN_FILES)) {
    await writeFile(join(root, path), content, { mode });
  }
  // debootstrap's own list, which names the mirror of this machine.
  await rm(join(root, "etc/apt/sources.list"), { force: true });
  const context = join(work, "context");
  await mkdir(context);
  await runLogged({
    command: "tar",
    args: ["-C", root, ...TRIMMED.map((path) => `--exclude=${path}`), "-cf", join(context, "root.tar"), "."],
    log,
  });
  // An archive, because copying a folder would give every file to root.
  await writeFile(join(context, "Dockerfile"), 'FROM scratch\nADD root.tar /\nCMD ["bash"]\n');
  await buildah(["build", "--isolation", "chroot", "--tag", DEBIAN_BASE, context], log);
}
