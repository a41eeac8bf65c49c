import { readFileSync } from "node:fs";
import type { CustomerDefinition } from "./customer-definition.ts";
import type { Problem } from "./problem.ts";
import { propertyLine } from "./property-lines.ts";
import { typescript } from "./typescript.ts";

/** The file that each loaded definition was read from. */
const files = new WeakMap<CustomerDefinition, string>();

/** Remembers where a definition was read from. */
export function rememberFile(definition: CustomerDefinition, file: string): void {
  files.set(definition, file);
}

/** Problems of a definition with their lines; unchanged where the definition was made in memory. */
export function withLines(definition: CustomerDefinition, problems: readonly Problem[]): readonly Problem[] {
  const file = files.get(definition);
  if (file === undefined || problems.length === 0) {
    return problems;
  }
  const ts = typescript();
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
  return problems.map((problem) => {
    const line = problem.line ?? propertyLine(source, problem.property, problem.which);
    return line === undefined ? problem : { ...problem, line };
  });
}
