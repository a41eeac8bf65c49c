import type { Command } from "commander";
import { addBackfill } from "./backfill.ts";
import type { Io } from "./options.ts";
import { addPastCommands } from "./past.ts";
import { addStartCommands } from "./start.ts";

/** The commands that start nights, and those that tell what became of them. */
export function addRunCommands(program: Command, io: Io): void {
  program.commandsGroup("Start and repeat nights:");
  addStartCommands(program, io);
  addBackfill(program, io);
  program.commandsGroup("Look back:");
  addPastCommands(program, io);
}
