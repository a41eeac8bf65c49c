import { readFile, writeFile } from "node:fs/promises";

/**
 * Writes a component's settings where they are not so already. Repairing a farm must leave what runs alone: kube-proxy
 * ends itself as soon as its file is written, even with the same content.
 */
export async function writeSettings(file: string, text: string): Promise<void> {
  if ((await contentOf(file)) !== text) {
    await writeFile(file, text);
  }
}

async function contentOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      return undefined;
    }
    throw error;
  }
}
