import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { mistake } from "../../../constructs/definition/problem.ts";
import versions from "../../../versions.json" with { type: "json" };
import { runCommand } from "../command.ts";
import { repositoryRoot } from "../paths.ts";
import { ensureTools } from "../tools/ensure.ts";
import type { Reporter } from "../tools/reporter.ts";
import { DEBIAN_BASE, DEBIAN_DIGEST } from "./base.ts";

/** The result of renewing. */
export interface Renewal {
  readonly before: string;
  readonly after: string;
  /** Files that now name the new one. */
  readonly files: readonly string[];
}

/**
 * Pins the base that a registry serves now, in `versions.json` and wherever the former one is named.
 * @param reference by which the registry is asked: the base's tag, or the same image in a mirror
 * @throws UserError if the registry has no answer
 */
export async function renewBase(reporter: Reporter, reference: string = DEBIAN_BASE): Promise<Renewal> {
  const { crane } = await ensureTools(["crane"], reporter);
  const said = await runCommand(crane, ["digest", reference], { limitSeconds: 60 });
  const after = said.stdout.trim();
  if (said.code !== 0 || !/^sha256:[0-9a-f]{64}$/.test(after)) {
    throw mistake(
      `${reference}: its digest is not known, received ${said.stderr.trim().split("\n").at(-1) || said.stdout.trim() || "no answer"}`,
      "a registry that answers crane digest; nothing has been changed",
      "run it where the registry can be reached, or name the image in a mirror: renew-base mirror.example/library/debian:bookworm-slim",
    );
  }
  const files = after === DEBIAN_DIGEST ? [] : await filesWith(DEBIAN_DIGEST);
  for (const file of files) {
    const text = await readFile(join(repositoryRoot, file), "utf8");
    await writeFile(join(repositoryRoot, file), text.replaceAll(DEBIAN_DIGEST, after));
  }
  return { before: versions.debian.digest, after, files };
}

/** Files under version control that name something. */
async function filesWith(text: string): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)("git", ["grep", "--files-with-matches", "--fixed-strings", text], {
    cwd: repositoryRoot,
  });
  return stdout.trim().split("\n");
}
