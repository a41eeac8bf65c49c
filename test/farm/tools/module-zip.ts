import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { UserError } from "../../../constructs/definition/problem.ts";
import { runLogged } from "./command.ts";
import { DownloadProblem, downloadFile } from "./release/download.ts";
import { isTrusted } from "./release/source.ts";

/** The module proxy that Go asks unless GOPROXY names another. */
const GO_OWN = "https://proxy.golang.org";

/** Which module is wanted, and where to. */
export interface WantedModule {
  /** Folder with the go.mod and go.sum that pin it. */
  readonly folder: string;
  readonly module: string;
  /** Empty folder for the archive and its content. */
  readonly work: string;
  /** File for the output of commands. */
  readonly log: string;
}

/**
 * Fetches a module as Go does, without Go: its archive from a module proxy, used only if its content matches go.sum.
 * Python unpacks it.
 *
 * @returns the module's folder
 * @throws DownloadProblem if no proxy has it as go.sum has it
 * @see https://go.dev/ref/mod#module-proxy
 */
export async function moduleFromProxy(wanted: WantedModule, proxies = proxiesOf()): Promise<string> {
  const { folder, module, work, log } = wanted;
  const { version, sum } = await pinOf(folder, module);
  const archive = join(work, "module.zip");
  let problem = new DownloadProblem("GOPROXY names no proxy that is asked without Go");
  for (const [index, proxy] of proxies.entries()) {
    const address = `${proxy}/${escaped(module)}/@v/${escaped(version)}.zip`;
    try {
      await downloadFile(address, archive);
      const unpacked = join(work, `module-${index}`);
      await unzip(archive, unpacked, log);
      const found = await sumOf(unpacked);
      if (found === sum) {
        return join(unpacked, `${module}@${version}`);
      }
      throw new DownloadProblem(`holds ${found}, where go.sum says ${sum}: not taken`);
    } catch (error) {
      if (!(error instanceof DownloadProblem)) {
        throw error;
      }
      problem = new DownloadProblem(`${address} ${error.message}`);
    }
  }
  throw problem;
}

/** A proxy may answer anything, a page of its own too. */
async function unzip(archive: string, folder: string, log: string): Promise<void> {
  try {
    await runLogged({ command: "python3", args: ["-m", "zipfile", "-e", archive, folder], log });
  } catch (error) {
    throw error instanceof UserError ? new DownloadProblem(`cannot be unpacked: ${error.message}`) : error;
  }
}

/** The servers of GOPROXY that come before Go's own ways (`direct`, `off`); Go alone may use a name or password in it. */
function proxiesOf(said = process.env.GOPROXY || GO_OWN): readonly string[] {
  const all = said.split(/[,|]/).map((one) => one.trim());
  const end = all.findIndex((one) => one === "direct" || one === "off");
  return all
    .slice(0, end === -1 ? all.length : end)
    .filter((one) => URL.canParse(one) && isTrusted(new URL(one)) && !hasCredential(new URL(one)))
    .map((one) => one.replace(/\/+$/, ""));
}

function hasCredential({ username, password }: URL): boolean {
  return username !== "" || password !== "";
}

async function pinOf(folder: string, module: string): Promise<{ readonly version: string; readonly sum: string }> {
  const lines = (await readFile(join(folder, "go.sum"), "utf8")).split("\n").map((line) => line.split(" "));
  const [, version = "", sum = ""] =
    lines.find(([name, pinned = ""]) => name === module && !pinned.endsWith("/go.mod")) ?? [];
  if (sum === "") {
    throw new Error(`${folder}/go.sum pins no ${module}`);
  }
  return { version, sum };
}

/** As proxies write names: "!a" for "A". */
function escaped(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => `!${letter.toLowerCase()}`);
}

/**
 * What go.sum calls h1: the SHA-256 of a list of all files, each with its own.
 * @see https://pkg.go.dev/golang.org/x/mod/sumdb/dirhash#Hash1
 */
async function sumOf(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const names = files
    .map((file) => relative(folder, file))
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const list = createHash("sha256");
  for (const name of names) {
    const content = createHash("sha256").update(await readFile(join(folder, name)));
    list.update(`${content.digest("hex")}  ${name}\n`);
  }
  return `h1:${list.digest("base64")}`;
}
