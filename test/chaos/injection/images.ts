import { CONTAINERD_SOCKET } from "../../farm/node.ts";
import type { Sandbox } from "../../farm/sandbox.ts";

const IMAGES = ["--address", CONTAINERD_SOCKET, "--namespace", "k8s.io", "images"] as const;

/** Name under which a removed image is kept, so that its content is not thrown away. */
const KEPT = "localhost/kept:hidden";

/**
 * Removes an image from a node, as garbage collection does; no registry has it.
 * @returns a function that restores it
 */
export async function removeImage(sandbox: Sandbox, reference: string): Promise<() => Promise<void>> {
  await sandbox.run("ctr", [...IMAGES, "tag", "--force", reference, KEPT]);
  await sandbox.run("ctr", [...IMAGES, "remove", reference]);
  return async () => {
    await sandbox.run("ctr", [...IMAGES, "tag", "--force", KEPT, reference]);
    await sandbox.run("ctr", [...IMAGES, "remove", KEPT]);
  };
}
