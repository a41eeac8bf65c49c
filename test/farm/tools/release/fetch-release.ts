import { chmod, mkdir, rename } from "node:fs/promises";
import { basename, join } from "node:path";
import { UserError } from "../../../../constructs/definition/problem.ts";
import { exists } from "../cache.ts";
import { runLogged } from "../command.ts";
import { expectedChecksum, recordChecksum } from "./checksums.ts";
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

/**
 * Downloads programs of a release, each file once, and puts them in their places. Nothing is taken whose checksum is
 * not the one expected.
 *
 * @returns for each product that could not be had, one sentence that says why
 */
export async function fetchRelease(wanted: Wanted, context: FetchContext): Promise<ReadonlyMap<string, string>> {
  const problems = new Map<string, string>();
  const archives = new Map<string, Promise<string>>();
  for (const [product, release] of wanted) {
    try {
      const program = join(context.output(product), product);
      if ("image" in release) {
        await takeFromImage(release, product, context);
      } else {
        const { url } = release;
        const archive = archives.get(url) ?? take(release, join(context.work, `file-${archives.size}`), context.source);
        archives.set(url, archive);
        await unpack(await archive, release, program, context);
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
  return problems;
}

/** Takes a program, and the folder beside it, out of an image. */
async function takeFromImage(release: ReleasedImage, product: string, context: FetchContext): Promise<void> {
  const { log, source } = context;
  const folder = join(context.work, `image-${product}`);
  await mkdir(folder, { recursive: true });
  const { digest, layers } = await imageLayers(release.image, source);
  for (const { address, sha256 } of layers) {
    const layer = join(context.work, "layer");
    if ((await downloadFile(address, layer)) !== sha256) {
      throw new DownloadProblem(`has another layer than its manifest says (${sha256}): not taken`);
    }
    await runLogged({ command: "tar", args: ["-xf", layer, "-C", folder, "--no-same-owner"], log });
  }
  const parts = { [release.member]: product, ...(release.folder && { [release.folder]: basename(release.folder) }) };
  for (const [part, name] of Object.entries(parts)) {
    if (!(await exists(join(folder, part)))) {
      throw new DownloadProblem(`has no ${part}: not taken`);
    }
    await rename(join(folder, part), join(context.output(product), name));
  }
  await recordChecksum(release.image, digest);
}

async function take(file: ReleaseFile, target: string, source: DownloadSource): Promise<string> {
  const expected = await expectedChecksum(file, source);
  const sha256 = await downloadFile(downloadAddress(file.url, source), target);
  if (sha256 !== expected.sha256) {
    throw new DownloadProblem(`has the SHA-256 ${sha256}, where ${expected.from} say ${expected.sha256}: not taken`);
  }
  await recordChecksum(file.url, sha256);
  return target;
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
