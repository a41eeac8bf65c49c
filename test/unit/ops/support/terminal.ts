import { Writable } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import stringWidth from "string-width";
import { expect } from "vitest";
import { main } from "../../../../ops/cli.ts";

/** What a stream has got, with the size of the screen behind it where there is one. */
export class Collected extends Writable {
  text = "";

  constructor(
    readonly isTTY: boolean,
    readonly columns = 80,
    readonly rows = 24,
  ) {
    super();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, next: (error?: Error | null) => void): void {
    this.text += chunk.toString();
    next();
  }
}

/** What a command line printed and how it ended. */
export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line on a screen of 80 columns and 24 rows. */
export async function onTerminal(...args: readonly string[]): Promise<Outcome> {
  return run(new Collected(true), args);
}

/** Runs a command line whose output goes into a pipe. */
export async function piped(...args: readonly string[]): Promise<Outcome> {
  return run(new Collected(false), args);
}

async function run(out: Collected, args: readonly string[]): Promise<Outcome> {
  const err = new Collected(false);
  const code = await main(args, { out, err });
  return { code, out: out.text, err: err.text };
}

/** Each line takes at most so many columns; colours take none. */
export function expectWidth(text: string, columns: number): void {
  const tooLong = text.split("\n").filter((line) => stringWidth(line) > columns);
  expect(tooLong).toEqual([]);
}

/** Without colours. */
export function uncoloured(text: string): string {
  return stripVTControlCharacters(text);
}

/** Characters that do something to a terminal, besides colours and the ends of lines. */
export function controlCharacters(text: string): readonly string[] {
  return [...uncoloured(text)].filter((character) => character !== "\n" && /\p{Cc}/u.test(character));
}
