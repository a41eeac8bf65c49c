import { createRequire } from "node:module";
import type ts from "typescript";

let compiler: typeof ts | undefined;

/** The TypeScript compiler, loaded only once a file has something to report: loading it takes longer than a synth. */
export function typescript(): typeof ts {
  compiler ??= createRequire(import.meta.url)("typescript") as typeof ts;
  return compiler;
}
