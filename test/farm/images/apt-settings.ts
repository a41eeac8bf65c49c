import versions from "../../../versions.json" with { type: "json" };
import { runCommand } from "../command.ts";

/** The Debian release images are based on. */
export const DEBIAN_RELEASE: string = versions.debian.release;

/** Debian's own addresses: what an image names after it is built, wherever it was built. */
export const DEBIAN_MIRRORS: DebianMirrors = {
  main: "http://deb.debian.org/debian",
  security: "http://deb.debian.org/debian-security",
};

/** Where Debian's packages come from. */
export interface DebianMirrors {
  readonly main: string;
  readonly security: string;
}

/** Mirrors this machine uses for Debian; Debian's own where it uses none (or is not a Debian). */
export async function hostMirrors(): Promise<DebianMirrors> {
  const format = "$(REPO_URI) $(ORIGIN) $(LABEL)";
  const said = await runCommand("apt-get", ["indextargets", "--format", format, "Created-By: Packages"]);
  return parseMirrors(said.code === 0 ? said.stdout : "");
}

/** Reads lines of `address origin label` as `apt-get indextargets` prints them. */
export function parseMirrors(text: string): DebianMirrors {
  const addresses = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [address, origin, label] = line.trim().split(" ");
    if (address !== undefined && origin === "Debian" && label !== undefined && !addresses.has(label)) {
      addresses.set(label, address.replace(/\/$/, ""));
    }
  }
  return {
    main: addresses.get("Debian") ?? DEBIAN_MIRRORS.main,
    security: addresses.get("Debian-Security") ?? DEBIAN_MIRRORS.security,
  };
}

/** The content of a `debian.sources` file for {@link DEBIAN_RELEASE}. */
export function debianSources(mirrors: DebianMirrors): string {
  const section = (address: string, suites: string) =>
    [
      "Types: deb",
      `URIs: ${address}`,
      `Suites: ${suites}`,
      "Components: main",
      "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg",
      "",
    ].join("\n");
  return [
    section(mirrors.main, `${DEBIAN_RELEASE} ${DEBIAN_RELEASE}-updates`),
    section(mirrors.security, `${DEBIAN_RELEASE}-security`),
  ].join("\n");
}

/** The proxies this machine's apt uses, as lines of an apt configuration file. */
export async function hostAptProxies(): Promise<string> {
  const said = await runCommand("apt-config", ["dump", "--format", '%f "%v";%n', "Acquire"]);
  return said.code === 0 ? proxyLines(said.stdout) : "";
}

/** Picks the proxies out of `apt-config dump`. */
export function proxyLines(dump: string): string {
  return dump
    .split("\n")
    .filter((line) => /^Acquire::https?::Proxy\b/i.test(line))
    .map((line) => `${line}\n`)
    .join("");
}

/** The apt configuration of a build: proxies, and the host's authorities where a mirror speaks https. */
export function aptConfiguration(proxies: string, mirrors: DebianMirrors, authorities: string | undefined): string {
  const encrypted = Object.values(mirrors).some((address: string) => address.startsWith("https:"));
  const authority = encrypted && authorities !== undefined ? `Acquire::https::CaInfo "${authorities}";\n` : "";
  return proxies + authority;
}
