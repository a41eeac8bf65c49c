import { UserError } from "../../../constructs/definition/problem.ts";
import { runCommand } from "../command.ts";

/** Oldest Go that builds the pinned modules: [major, minor]. */
export const GO_FLOOR = [1, 26] as const;

/** Reads `go1.26.8` or `v24.21.0`; undefined if it is neither. */
export function parseVersion(text: string): readonly [number, number] | undefined {
  const match = /(?:go|v)(\d+)\.(\d+)/.exec(text);
  return match === null ? undefined : [Number(match[1]), Number(match[2])];
}

/** Whether `version` is `floor` or newer. */
export function atLeast(version: readonly [number, number], floor: readonly [number, number]): boolean {
  return version[0] > floor[0] || (version[0] === floor[0] && version[1] >= floor[1]);
}

/** The message for somebody whose machine lacks Go, or undefined if `goVersionOutput` is good enough. */
export function goComplaint(goVersionOutput: string | undefined, purpose: string): string | undefined {
  const floor = GO_FLOOR.join(".");
  const install = [
    "Install it:",
    `  curl -fsSL https://go.dev/dl/go${floor}.0.linux-$(dpkg --print-architecture).tar.gz | tar -C /usr/local -xz`,
    "  export PATH=/usr/local/go/bin:$PATH",
  ].join("\n");
  if (goVersionOutput === undefined) {
    return `Go is missing on this machine; ${purpose} needs Go ${floor} or newer. ${install}`;
  }
  const version = parseVersion(goVersionOutput);
  if (version === undefined || !atLeast(version, GO_FLOOR)) {
    return `Go is too old (${goVersionOutput.trim()}); ${purpose} needs Go ${floor} or newer. ${install}`;
  }
  return undefined;
}

/**
 * Checks that Go is there and new enough.
 *
 * @param folder - folder with a go.mod: a Go from 1.21 on fetches the toolchain that go.mod asks for by itself
 * @throws UserError with the command that installs it
 */
export async function requireGo(folder: string, purpose: string): Promise<void> {
  const said = await runCommand("go", ["version"], { cwd: folder, limitSeconds: 300 });
  const complaint = goComplaint(said.code === 127 ? undefined : said.stdout + said.stderr, purpose);
  if (complaint !== undefined) {
    throw new UserError(complaint);
  }
}
