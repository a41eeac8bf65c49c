import { runCommand } from "../command.ts";

/** Options for reaching packages; no other option of the host concerns a build. */
const NETWORK_OPTIONS = [
  "default-timeout",
  "extra-index-url",
  "find-links",
  "index-url",
  "no-index",
  "proxy",
  "retries",
  "timeout",
  "trusted-host",
] as const;

/** The options of pip on this machine, from its files and from PIP_* variables; empty without pip. */
export async function hostPipOptions(): Promise<ReadonlyMap<string, string>> {
  const said = await runCommand("pip", ["config", "list"]);
  return said.code === 0 ? parsePipConfig(said.stdout) : new Map();
}

/** Reads `pip config list`: lines of `section.option='value'`; variables win over files. */
export function parsePipConfig(text: string): ReadonlyMap<string, string> {
  const fromFiles = new Map<string, string>();
  const fromVariables = new Map<string, string>();
  for (const line of text.split("\n")) {
    const match = /^(global|install|:env:)\.([a-z-]+)='(.*)'$/.exec(line.trim());
    const [, section, option, value] = match ?? [];
    if (option !== undefined && value !== undefined) {
      (section === ":env:" ? fromVariables : fromFiles).set(option, value.replaceAll("\\n", " ").trim());
    }
  }
  return new Map([...fromFiles, ...fromVariables]);
}

/**
 * The pip.conf of a build.
 *
 * @param options - pip's options on this machine
 * @param authorities - the host's certificate authorities as the build sees them, if it has them
 */
export function pipConfiguration(options: ReadonlyMap<string, string>, authorities: string | undefined): string {
  const lines = ["[global]"];
  for (const name of NETWORK_OPTIONS) {
    const value = name === "find-links" ? addressesIn(options.get(name)) : options.get(name);
    if (value !== undefined && value !== "") {
      lines.push(`${name} = ${value}`);
    }
  }
  if (authorities !== undefined) {
    lines.push(`cert = ${authorities}`);
  }
  return `${lines.join("\n")}\n`;
}

/** Folders of the host mean nothing in a build; addresses do. */
function addressesIn(findLinks: string | undefined): string | undefined {
  return findLinks
    ?.split(/\s+/)
    .filter((place) => place.includes("://"))
    .join(" ");
}
