import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { cacheRoot } from "../cache.ts";
import pinned from "./checksums.json" with { type: "json" };
import { DownloadProblem, downloadText } from "./download.ts";
import type { ReleaseFile } from "./release.ts";
import { type DownloadSource, downloadAddress } from "./source.ts";

/** A checksum, and where it comes from. */
export interface ExpectedChecksum {
  /** SHA-256, hex. */
  readonly sha256: string;
  readonly from: "checksums.json" | "an earlier download" | "the project's checksums";
}

/**
 * The checksum that a release's file must have: the known one, else the one that the project publishes beside it.
 *
 * @throws DownloadProblem if there is none
 */
export async function expectedChecksum(file: ReleaseFile, source: DownloadSource): Promise<ExpectedChecksum> {
  const known = await knownChecksum(file.url);
  if (known !== undefined) {
    return known;
  }
  const text = await downloadText(downloadAddress(file.checksums, source));
  const sha256 = checksumIn(text, file.url.slice(file.url.lastIndexOf("/") + 1));
  if (sha256 === undefined) {
    throw new DownloadProblem(`has no line in ${file.checksums}`);
  }
  return { sha256, from: "the project's checksums" };
}

/** The pinned checksum of a file or an image; else the one with which this machine took it before, if it did. */
export async function knownChecksum(name: string): Promise<ExpectedChecksum | undefined> {
  const known: Readonly<Record<string, string>> = pinned;
  const pin = known[name];
  if (pin !== undefined) {
    return { sha256: pin, from: "checksums.json" };
  }
  const earlier = await recorded(name);
  return earlier === undefined ? undefined : { sha256: earlier, from: "an earlier download" };
}

/** Remembers with which checksum a file or an image was taken: a release that changes later is not taken. */
export async function recordChecksum(name: string, sha256: string): Promise<void> {
  const record = recordOf(name);
  await mkdir(dirname(record), { recursive: true });
  // Whole or not at all: half a checksum would keep the right file out.
  await writeFile(`${record}.${process.pid}`, `${sha256}\n`);
  await rename(`${record}.${process.pid}`, record);
}

/** The SHA-256 of `file` in what a project publishes, be it one checksum alone or lines of checksum and name. */
export function checksumIn(text: string, file: string): string | undefined {
  const alone = /^\s*([0-9a-f]{64})\s*$/i.exec(text)?.[1];
  const line = text.split("\n").find((one) => nameIn(one) === file);
  return (alone ?? line?.slice(0, 64))?.toLowerCase();
}

function nameIn(line: string): string | undefined {
  return /^[0-9a-f]{64}[ \t]+\*?(?:\.\/)?(\S+)\s*$/i.exec(line)?.[1];
}

const recordOf = (name: string) => join(cacheRoot(), "checksums", encodeURIComponent(name));

async function recorded(name: string): Promise<string | undefined> {
  try {
    return /^[0-9a-f]{64}$/.exec((await readFile(recordOf(name), "utf8")).trim())?.[0];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      return undefined;
    }
    throw error;
  }
}
