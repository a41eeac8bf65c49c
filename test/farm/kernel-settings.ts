import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Settings of the whole machine that every kubelet sets when it starts. */
const SET_BY_KUBELET = [
  "vm/overcommit_memory",
  "vm/panic_on_oom",
  "kernel/panic",
  "kernel/panic_on_oops",
  "kernel/keys/root_maxkeys",
  "kernel/keys/root_maxbytes",
] as const;

/** The settings as they are now. */
export async function readKernelSettings(): Promise<Record<string, string>> {
  const present = SET_BY_KUBELET.filter((name) => existsSync(fileOf(name)));
  const entries = present.map(async (name) => [name, (await readFile(fileOf(name), "utf8")).trim()] as const);
  return Object.fromEntries(await Promise.all(entries));
}

/** Restores the settings. */
export async function restoreKernelSettings(settings: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, value] of Object.entries(settings)) {
    if ((await readFile(fileOf(name), "utf8")).trim() !== value) {
      await writeFile(fileOf(name), value);
    }
  }
}

function fileOf(name: string): string {
  return join("/proc/sys", name);
}
