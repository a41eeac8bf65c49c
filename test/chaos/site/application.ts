import { chmod, copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { repositoryRoot } from "../../farm/paths.ts";

const PROGRAM = "revaluation.py";

/** Folder of the customer's results volume that the application is put in. */
export const APPLICATION_FOLDER = "application";

/** Puts the suite's Spark application on the customer's results volume, where chaosbank's night names it. */
export async function ensureApplication(volume: string): Promise<void> {
  const folder = join(volume, APPLICATION_FOLDER);
  await mkdir(folder, { recursive: true });
  await copyFile(join(repositoryRoot, "test", "chaos", "application", PROGRAM), join(folder, PROGRAM));
  await chmod(join(folder, PROGRAM), 0o644);
}
