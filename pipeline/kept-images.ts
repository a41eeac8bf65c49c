import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { type EarlierImages, readEarlierImages } from "../constructs/definition/earlier-images.ts";
import { readImages } from "../constructs/definition/images.ts";
import { mistake, received } from "../constructs/definition/problem.ts";
import { runCli } from "../constructs/definition/run-cli.ts";

/** Paths in the repository of the files behind the allow-list of images. */
const CURRENT = "images.json";
const EARLIER = "constructs/platform/admission/earlier-images.json";

/** Images of one release, as in `images.json`. */
export type ReleaseImages = Readonly<Record<"runner" | "argoExecutor", string>>;

/**
 * Images of the previous release that the new one would refuse. Nights that run while the platform's stack is deployed,
 * and lanes whose own stack is deployed later, still start pods of them.
 */
export function forgottenImages(before: ReleaseImages, now: ReleaseImages, earlier: EarlierImages): readonly string[] {
  return [
    ...(now.runner === before.runner || earlier.runner.includes(before.runner) ? [] : [`runner ${before.runner}`]),
    ...(now.argoExecutor === before.argoExecutor || earlier.executor.includes(before.argoExecutor)
      ? []
      : [`executor ${before.argoExecutor}`]),
  ];
}

/** Compares a git revision with the working tree. @throws UserError if there is no such revision */
export function forgottenSince(base: string, root = join(import.meta.dirname, "..")): readonly string[] {
  const now = readImages(join(root, CURRENT));
  const earlier = readEarlierImages(join(root, EARLIER));
  return forgottenImages(JSON.parse(showAt(base, root)), now, earlier);
}

function showAt(base: string, root: string): string {
  try {
    return execFileSync("git", ["show", `${base}:${CURRENT}`], { cwd: root, encoding: "utf8", stdio: "pipe" });
  } catch {
    throw mistake(
      `${received(base)}: no ${CURRENT} at this revision`,
      "a git revision to compare with",
      "git fetch origin main, and name origin/main",
    );
  }
}

if (import.meta.main) {
  const base = process.argv[2] ?? "origin/main";
  await runCli(() => {
    const forgotten = forgottenSince(base);
    for (const image of forgotten) {
      console.error(
        mistake(
          `${EARLIER}: lacks ${image}`,
          "nights that run during a release still start pods of the previous release, and exact replays do later",
          "append it there, newest first",
        ).message,
      );
    }
    console.log(`images: ${forgotten.length} of ${base} would be refused`);
    process.exitCode = forgotten.length === 0 ? 0 : 1;
  }, 2);
}
