import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { CENTRAL_ID } from "../../farm/plan.ts";
import { run } from "../../farm/run.ts";
import { type Site, sandboxOf } from "../site/site.ts";

/**
 * Mounts a file system of a few mebibytes over the lane's results volume, for pods that start from now on.
 * @returns a function that restores the whole volume
 */
export async function shrinkLaneVolume(site: Site, mebibytes: number): Promise<() => Promise<void>> {
  const image = join(site.work, "small.ext4");
  await mkdir(site.work, { recursive: true });
  await run("truncate", ["--size", `${mebibytes}M`, image]);
  // Nothing is reserved for root: runners can use all free space.
  await run("mkfs.ext4", ["-q", "-F", "-m", "0", image]);
  const device = (await run("losetup", ["--find", "--show", image])).trim();
  const central = await sandboxOf(site.paths, CENTRAL_ID);
  await run("mount", [device, site.lane]);
  await run("chmod", ["777", site.lane]);
  await run("setfacl", ["--modify", "default:user::rwx,default:group::rwx,default:other::rwx", site.lane]);
  await central.run("mount", [device, site.lane]);
  return async () => {
    await central.run("umount", ["--lazy", site.lane]);
    await run("umount", ["--lazy", site.lane]);
    await run("losetup", ["--detach", device]);
    await rm(image, { force: true });
  };
}
