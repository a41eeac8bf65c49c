import { Writable } from "node:stream";
import type { Command } from "commander";
import { program } from "../../../../ops/cli.ts";

/** Parses with the real program a command line that a message suggests, and does nothing. */
export async function parseCommandLine(line: string): Promise<void> {
  const [name, ...args] = words(line);
  if (name !== "nightlane") {
    throw new Error(`${line}: is no command of nightlane`);
  }
  const nightlane = program({ out: nowhere(), err: nowhere() });
  for (const command of nightlane.commands as readonly Command[]) {
    command.action(() => {});
  }
  await nightlane.parseAsync(args, { from: "user" });
}

/** Words of a command line; double quotes hold one together. */
function words(line: string): readonly string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? "");
}

function nowhere(): Writable {
  return new Writable({ write: (_chunk, _encoding, next) => next() });
}
