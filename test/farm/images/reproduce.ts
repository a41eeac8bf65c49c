import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { mistake, UserError } from "../../../constructs/definition/problem.ts";
import { runCommand } from "../command.ts";
import { freshWorkFolder } from "../tools/cache.ts";
import type { Reporter } from "../tools/reporter.ts";
import { type BuiltImage, buildAgain } from "./ensure.ts";
import { type ImageName, type ImageRecipe, imageRecipes } from "./recipe.ts";

/**
 * Builds an image a second time from scratch, and compares.
 * @throws UserError with the files that differ, except for those that its recipe excuses
 */
export async function reproduceImage(name: ImageName, reporter: Reporter): Promise<void> {
  await buildAgain(name, reporter, async ({ first, second }) => {
    if (first.digest === second.digest) {
      return;
    }
    const { differs = {} }: ImageRecipe = imageRecipes[name];
    const found = await differingFiles(name, first, second);
    const unexcused = found.filter((path) => differs[path] === undefined);
    if (unexcused.length > 0 || found.length === 0) {
      throw mistake(
        `The image ${name} differs when it is built again, ${first.digest} and ${second.digest}: ${unexcused.join(", ") || "in no file, but times or modes"}`,
        "the same sources are the same image",
        "have its Dockerfile make these files without time, order and chance, or remove them",
      );
    }
    reporter.note(`${name}: differs in ${found.map((path) => `${path} (${differs[path]})`).join(", ")} alone`);
  });
}

/** Paths, without a leading slash, of files whose content differs. */
async function differingFiles(name: string, first: BuiltImage, second: BuiltImage): Promise<readonly string[]> {
  const work = await freshWorkFolder(`reproduce-${name}`);
  try {
    const trees = [await unpack(first, join(work, "first")), await unpack(second, join(work, "second"))] as const;
    const said = await runCommand("diff", ["--recursive", "--brief", "--no-dereference", ...trees], {
      limitSeconds: 600,
    });
    if (said.code > 1) {
      throw new UserError(`The two builds of ${name} cannot be compared: ${said.stderr.trim()}`);
    }
    return said.stdout
      .trim()
      .split("\n")
      .filter(Boolean)
      .map((line) => differingPath(line, trees[0], trees[1]));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** `Files a/x and b/x differ`, `Only in a/y: x`: the path below either tree. */
export function differingPath(line: string, first: string, second: string): string {
  const [, folder, name] = /^Only in (.+): (.+)$/.exec(line) ?? [];
  const path =
    folder === undefined
      ? (/^(?:Files|File|Symbolic links) (.+?) (?:and|is) /.exec(line)?.[1] ?? line)
      : `${folder}/${name}`;
  return [first, second].reduce((left, tree) => left.replace(`${tree}/`, ""), path);
}

/** Unpacks the layers of an image, one over the other. What a layer removes is kept, in both trees. */
async function unpack({ archive, digest }: BuiltImage, folder: string): Promise<string> {
  const layout = join(folder, "layout");
  const tree = join(folder, "tree");
  await mkdir(layout, { recursive: true });
  await mkdir(tree);
  await tar(["-xf", archive, "-C", layout]);
  const blob = (name: string): string => join(layout, "blobs", name.replace(":", "/"));
  const said = await runCommand("cat", [blob(digest)]);
  const { layers }: { readonly layers: readonly { readonly digest: string }[] } = JSON.parse(said.stdout);
  for (const layer of layers) {
    await tar(["-xzf", blob(layer.digest), "-C", tree]);
  }
  return tree;
}

async function tar(args: readonly string[]): Promise<void> {
  const said = await runCommand("tar", [...args], { limitSeconds: 600 });
  if (said.code !== 0) {
    throw new UserError(`tar ${args.join(" ")} failed: ${said.stderr.trim()}`);
  }
}
