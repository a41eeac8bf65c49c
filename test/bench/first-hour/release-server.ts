import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  copyFileSync,
  cpSync,
  createReadStream,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, dirname, join } from "node:path";
import { hashFile } from "../../farm/tools/cache.ts";
import { ensureTools } from "../../farm/tools/ensure.ts";
import type { Recipe } from "../../farm/tools/recipe.ts";
import { recipes, type ToolName } from "../../farm/tools/recipes.ts";
import { architecture, type Release, type ReleasedImage, type ReleaseFile } from "../../farm/tools/release/release.ts";
import type { Reporter } from "../../farm/tools/reporter.ts";

/** A server on this machine that has the releases of the tools' projects, in their layouts. */
export interface ReleaseServer {
  /** What `NIGHTLANE_DOWNLOADS` names. */
  readonly address: string;
  /** How many files were asked for and had. */
  served(): number;
  stop(): Promise<void>;
}

/** Packs the named tools as their projects release them, from this machine's own, and serves them from `folder`. */
export async function serveReleases(
  names: readonly ToolName[],
  folder: string,
  reporter: Reporter,
): Promise<ReleaseServer> {
  const released = releasesOf(names);
  const paths: Readonly<Record<string, string>> = await ensureTools([...released.keys()], reporter);
  const files = new Map<string, Released[]>();
  for (const [name, release] of released) {
    const program = paths[name] ?? "";
    if ("image" in release) {
      await packImage(release, program, folder);
    } else {
      files.set(release.url, [...(files.get(release.url) ?? []), { file: release, program }]);
    }
  }
  for (const programs of files.values()) {
    await pack(programs, folder);
  }
  let served = 0;
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    const size = statSync(join(folder, path), { throwIfNoEntry: false })?.size;
    response.writeHead(size === undefined ? 404 : 200, { "content-length": size ?? 0 });
    if (size === undefined) {
      response.end();
      return;
    }
    served += 1;
    createReadStream(join(folder, path)).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    served: () => served,
    stop: () => closed(server),
  };
}

function releasesOf(names: readonly ToolName[]): ReadonlyMap<ToolName, Release> {
  const processor = architecture();
  const releases = new Map<ToolName, Release>();
  for (const name of names) {
    const recipe: Recipe | undefined = recipes.find(({ products }) =>
      products.some((product) => product.name === name),
    );
    const release = processor && recipe?.release?.(name, processor);
    if (release !== undefined) {
      releases.set(name, release);
    }
  }
  return releases;
}

/** Where a mirror has the file of an address: below the name of its host. */
const pathOf = (address: string): string => address.replace("https://", "/");

/** A program of this machine, and where its project has it. */
interface Released {
  readonly file: ReleaseFile;
  readonly program: string;
}

/** Makes one file of a release out of the programs that it holds, and notes its checksum. */
async function pack(programs: readonly Released[], folder: string): Promise<void> {
  const [first] = programs;
  if (first === undefined) {
    return;
  }
  const { file, program } = first;
  const target = join(folder, pathOf(file.url));
  mkdirSync(dirname(target), { recursive: true });
  if (file.member !== undefined) {
    archive(programs, target);
  } else if (file.url.endsWith(".gz")) {
    execFileSync("sh", ["-c", 'gzip -1 -c <"$1" >"$2"', "gzip", program, target]);
  } else {
    copyFileSync(program, target);
  }
  appendFileSync(join(folder, pathOf(file.checksums)), `${await hashFile(target)}  ${basename(target)}\n`);
}

/** Makes an image with one layer: the program, and this machine's time zones where the project's image has some. */
async function packImage({ image, member, folder: zones }: ReleasedImage, program: string, folder: string) {
  const [, host, repository, tag] = /^([^/]+)\/(.+):([^:]+)$/.exec(image) ?? [];
  const place = join(folder, host ?? "", "v2", repository ?? "");
  for (const kind of ["manifests", "blobs"]) {
    mkdirSync(join(place, kind), { recursive: true });
  }
  const content = mkdtempSync(join(place, "content-"));
  mkdirSync(join(content, dirname(member)), { recursive: true });
  copyFileSync(program, join(content, member));
  if (zones !== undefined) {
    cpSync(join("/", zones), join(content, zones), { recursive: true, verbatimSymlinks: true });
  }
  const layer = join(place, "layer");
  execFileSync("tar", ["--use-compress-program", "gzip -1", "-cf", layer, "-C", content, "."]);
  rmSync(content, { recursive: true });
  const digest = `sha256:${await hashFile(layer)}`;
  renameSync(layer, join(place, "blobs", digest));
  writeFileSync(join(place, "manifests", tag ?? ""), JSON.stringify({ layers: [{ digest }] }));
}

function archive(programs: readonly Released[], target: string): void {
  const content = mkdtempSync(`${target}-`);
  for (const { file, program } of programs) {
    const place = join(content, file.member ?? "");
    mkdirSync(dirname(place), { recursive: true });
    copyFileSync(program, place);
  }
  execFileSync("tar", ["--use-compress-program", "gzip -1", "-cf", target, "-C", content, ...readdirSync(content)]);
  rmSync(content, { recursive: true });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
