import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { exists } from "../tools/cache.ts";
import { aptConfiguration, debianSources, hostAptProxies, hostMirrors } from "./apt-settings.ts";
import { hostPipOptions, pipConfiguration } from "./pip-settings.ts";

/** Where a Debian host keeps its certificate authorities. */
const HOST_AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt";

/** Where a build sees them: a folder that every Debian image has and none uses. */
const AUTHORITIES_MOUNT = "/media";

/**
 * How this machine reaches Debian's and Python's packages, as `-v` arguments for buildah.
 *
 * A build needs the host's mirrors, proxies and certificate authorities, and an image must keep none of
 * them. So they are mounted, read-only, for every RUN; a layer gets no more of them than the empty files
 * that the mounts hide (/etc/pip.conf, and with a proxy /etc/apt/apt.conf.d/host).
 *
 * @param folder - empty folder for the files to mount; must live as long as the build
 */
export async function hostNetwork(folder: string): Promise<string[]> {
  const mounts = new Map<string, string>();
  let authorities: string | undefined;
  if (await exists(HOST_AUTHORITIES)) {
    await mkdir(join(folder, "authorities"), { recursive: true });
    await copyFile(HOST_AUTHORITIES, join(folder, "authorities/ca.crt"));
    mounts.set("authorities", AUTHORITIES_MOUNT);
    authorities = `${AUTHORITIES_MOUNT}/ca.crt`;
  }

  const mirrors = await hostMirrors();
  await mkdir(join(folder, "sources"), { recursive: true });
  await writeFile(join(folder, "sources/debian.sources"), debianSources(mirrors));
  mounts.set("sources", "/etc/apt/sources.list.d");

  const apt = aptConfiguration(await hostAptProxies(), mirrors, authorities);
  if (apt !== "") {
    await writeFile(join(folder, "apt.conf"), apt);
    mounts.set("apt.conf", "/etc/apt/apt.conf.d/host");
  }

  await writeFile(join(folder, "pip.conf"), pipConfiguration(await hostPipOptions(), authorities));
  mounts.set("pip.conf", "/etc/pip.conf");
  return [...mounts].flatMap(([source, target]) => ["-v", `${join(folder, source)}:${target}:ro`]);
}
