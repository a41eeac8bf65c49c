import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Night } from "../nights/night.ts";

/** Checks that the large result at home is the driver's, byte for byte. */
export async function bulkIsWhole(night: Night): Promise<string | undefined> {
  const folders = [night.home(), night.remoteResults];
  const [home, remote] = await Promise.all(folders.map((folder) => hashOf(join(folder, "bulk.bin"))));
  return home === remote ? undefined : "the large result at home is not the driver's";
}

async function hashOf(file: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(file))
    .digest("hex");
}
