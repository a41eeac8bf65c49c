import { chmod, mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../../../constructs/definition/problem.ts";
import { runLogged } from "../command.ts";
import { expectedChecksum, recordChecksum } from "./checksums.ts";
import { DownloadProblem, downloadFile } from "./download.ts";
import type { ReleaseFile } from "./release.ts";
import { type DownloadSource, downloadAddress } from "./source.ts";

/** The files of a release that are wanted, by the product that each of them is. */
export type WantedFiles = ReadonlyMap<string, ReleaseFile>;

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
export async function fetchRelease(wanted: WantedFiles, context: FetchContext): Promise<ReadonlyMap<string, string>> {
  const problems = new Map<string, string>();
  const archives = new Map<string, Promise<string>>();
  for (const [product, file] of wanted) {
    const archive = archives.get(file.url) ?? take(file, join(context.work, `file-${archives.size}`), context.source);
    archives.set(file.url, archive);
    try {
      await unpack(await archive, file, join(context.output(product), product), context);
    } catch (error) {
      if (!(error instanceof DownloadProblem || error instanceof UserError)) {
        throw error;
      }
      problems.set(product, `${downloadAddress(file.url, context.source)} ${error.message}`);
    }
  }
  return problems;
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
  await chmod(place, 0o755);
}
