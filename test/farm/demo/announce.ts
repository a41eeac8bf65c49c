import { existsSync, readdirSync } from "node:fs";
import { mkdir, statfs } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../../constructs/definition/problem.ts";
import { FARM_TOOLS } from "../farm-context.ts";
import { cacheRoot } from "../tools/cache.ts";
import type { Recipe } from "../tools/recipe.ts";
import { recipes } from "../tools/recipes.ts";
import { expectedSeconds } from "../tools/tool-run.ts";

const GIBIBYTE = 1024 ** 3;

/** Disk that stays in use: tools, images and three clusters with their volumes. */
const STAYS = 16 * GIBIBYTE;

/** Disk that Go's build cache takes on top, while the largest of the tools is built. */
const WHILE_BUILDING = 8 * GIBIBYTE;

/**
 * What the demo is about to do, how long it takes and how much disk, as lines for a person.
 *
 * @throws UserError if there is not enough disk
 */
export async function announcement(customers: readonly string[]): Promise<string> {
  const root = cacheRoot();
  await mkdir(root, { recursive: true });
  const missing = FARM_TOOLS.filter((name) => !isCached(name));
  const { bavail, bsize } = await statfs(root);
  const free = bavail * bsize;
  const needed = missing.length === 0 ? 0 : STAYS + WHILE_BUILDING;
  if (free < needed) {
    throw new UserError(
      `The demo needs ${gibibytes(needed)} of disk below ${root}, where ${gibibytes(free)} are free.\n` +
        "Free some, or name a folder on another disk: export NIGHTLANE_CACHE=/path",
    );
  }
  const first =
    missing.length === 0
      ? "the tools are here already"
      : `${missing.length} of ${FARM_TOOLS.length} tools are downloaded, which takes minutes, or built where their projects ` +
        `cannot be reached: about ${buildMinutes(missing)} min on two cores; then the images`;
  return [
    `demo: ${customers.length + 1} clusters on this machine, one for Nightlane and one each for ${customers.join(" and ")}`,
    `  first  ${first}`,
    "  then   the clusters start, the customers are deployed, and a night of each runs: about 10 minutes",
    `  takes  ${gibibytes(STAYS)} of disk${missing.length === 0 ? "" : ` and ${gibibytes(WHILE_BUILDING)} more while it builds`}; ${gibibytes(free)} are free. About 8 GiB of memory`,
    "  ends   with the figures of the nights; the clusters stay until make farm-down",
    "",
  ].join("\n");
}

/** What to do once the nights have run, as commands to copy. */
export function whatNext(kubeconfig: string, customer: string): string {
  const commands = [
    [`export KUBECONFIG=${kubeconfig}`, ""],
    ["npx nightlane ui", "  # the nights in a browser"],
    [`npx nightlane show ${customer}`, "  # one of them, step by step"],
    [`npm run dag -- ${customer}`, "  # the night that its file describes"],
    ["npm run new-customer -- seebank", "  # a customer of your own; README goes on from there"],
    ["make farm-down", "  # the end: nothing of it keeps running"],
  ] as const;
  const width = Math.max(...commands.slice(1).map(([command]) => command.length));
  return [
    "next:",
    ...commands.map(([command, what]) => `  ${what === "" ? command : command.padEnd(width) + what}`),
  ].join("\n");
}

function buildMinutes(missing: readonly string[]): number {
  const built = recipes.filter((recipe: Recipe) => recipe.products.some(({ name }) => missing.includes(name)));
  return Math.ceil(built.reduce((seconds, recipe) => seconds + expectedSeconds(recipe, "build"), 0) / 60);
}

function isCached(name: string): boolean {
  const folder = join(cacheRoot(), "tools", name);
  return existsSync(folder) && readdirSync(folder).length > 0;
}

function gibibytes(bytes: number): string {
  return `${Math.floor(bytes / GIBIBYTE)} GiB`;
}
