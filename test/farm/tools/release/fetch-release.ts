import { existsSync, realpathSync } from "node:fs";
import { chmod, cp, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { UserError } from "../../../../constructs/definition/problem.ts";
import { runLogged } from "../command.ts";
import { expectedChecksum } from "./checksums.ts";
import { DownloadProblem, downloadFile } from "./download.ts";
import { imageLayers } from "./image-layers.ts";
import type { Release, ReleasedImage, ReleaseFile } from "./release.ts";
import { type DownloadSource, downloadAddress } from "./source.ts";

/** What is wanted of a release, by the product that each of it is. */
export type Wanted = ReadonlyMap<string, Release>;

/** Where {@link fetchRelease} works. */
export interface FetchContext {
  readonly source: DownloadSource;
  /** Empty folder for what is downloaded. */
  readonly work: string;
  /** Folder in which a product is put under its name. */
  readonly output: (product: string) => string;
  /** File for the output of commands. */
  readonly log: string;
}

/** What became of the products that were wanted. */
export interface Fetched {
  /** For each product that could not be had, one sentence that says why. */
  readonly problems: ReadonlyMap<string, string>;
  /** For each of the others, the name of the file or image that held it, and its checksum. */
  readonly taken: ReadonlyMap<string, Taken>;
}

/** A file or an image, and the checksum with which it was taken. */
export interface Taken {
  readonly name: string;
  /** SHA-256, hex. */
  readonly sha256: string;
}

/**
 * Downloads programs of a release, each file once, and puts them in their places. Nothing is taken whose checksum is
 * not the known one, or the one that the project publishes.
 */
export async function fetchRelease(wanted: Wanted, context: FetchContext): Promise<Fetched> {
  const problems = new Map<string, string>();
  const taken = new Map<string, Taken>();
  const archives = new Map<string, Promise<Archive>>();
  for (const [product, release] of wanted) {
    try {
      const program = join(context.output(product), product);
      if ("image" in release) {
        taken.set(product, await takeFromImage(release, product, context));
      } else {
        const { url } = release;
        const archive = archives.get(url) ?? take(release, join(context.work, `file-${archives.size}`), context.source);
        archives.set(url, archive);
        const { path, sha256 } = await archive;
        await unpack(path, release, program, context);
        taken.set(product, { name: url, sha256 });
      }
      await chmod(program, 0o755);
    } catch (error) {
      if (!(error instanceof DownloadProblem || error instanceof UserError)) {
        throw error;
      }
      const place = "image" in release ? release.image : downloadAddress(release.url, context.source);
      problems.set(product, `${place} ${error.message}`);
    }
  }
  return { problems, taken };
}

/**
 * Takes a program, and the folder beside it, out of an image. Each layer is unpacked by itself, so that no link of one
 * leads another out of its folder.
 */
async function takeFromImage(release: ReleasedImage, product: string, context: FetchContext): Promise<Taken> {
  const { log, source } = context;
  const parts = { [release.member]: product, ...(release.folder && { [release.folder]: basename(release.folder) }) };
  const { digest, layers } = await imageLayers(release.image, source);
  const missing = new Set(Object.keys(parts));
  // The last layer that has a part is what a container sees of it.
  for (const { address, sha256 } of layers.toReversed()) {
    if (missing.size === 0) {
      break;
    }
    const layer = join(context.work, "layer");
    if ((await downloadFile(address, layer)) !== sha256) {
      throw new DownloadProblem(`has another layer than its manifest says (${sha256}): not taken`);
    }
    const folder = await mkdtemp(join(context.work, "layer-"));
    await runLogged({ command: "tar", args: ["-xf", layer, "-C", folder, "--no-same-owner"], log });
    for (const part of [...missing].filter((one) => isWithin(folder, join(folder, one)))) {
      missing.delete(part);
      const place = join(context.output(product), parts[part] ?? "");
      await cp(join(folder, part), place, {
        recursive: true,
        dereference: true,
        filter: (from) => isWithin(folder, from),
      });
    }
    await rm(folder, { recursive: true });
  }
  if (missing.size > 0) {
    throw new DownloadProblem(`has no ${[...missing].join(" and no ")}: not taken`);
  }
  return { name: release.image, sha256: digest };
}

/** Whether something is there, and is in the folder itself: not elsewhere, where a link leads. */
function isWithin(folder: string, path: string): boolean {
  return existsSync(path) && `${realpathSync(path)}/`.startsWith(`${realpathSync(folder)}/`);
}

/** A file of a release, downloaded. */
interface Archive {
  readonly path: string;
  readonly sha256: string;
}

async function take(file: ReleaseFile, path: string, source: DownloadSource): Promise<Archive> {
  const expected = await expectedChecksum(file, source);
  const sha256 = await downloadFile(downloadAddress(file.url, source), path);
  if (sha256 !== expected.sha256) {
    throw new DownloadProblem(`has the SHA-256 ${sha256}, where ${expected.from} say ${expected.sha256}: not taken`);
  }
  return { path, sha256 };
}

async function unpack(archive: string, file: ReleaseFile, place: string, context: FetchContext): Promise<void> {
  const { log } = context;
  if (file.member !== undefined) {
    const folder = `${archive}.d`;
    await mkdir(folder, { recursive: true });
    await runLogged({ command: "tar", args: ["-xzf", archive, "-C", folder, file.member], log });
    await rename(join(folder, file.member), place);
  } else if (file.url.endsWith(".gz")) {
    await runLogged({ command: "sh", args: ["-c", 'gzip -dc <"$1" >"$2"', "gzip", archive, place], log });
  } else {
    await rename(archive, place);
  }
}
