import type { Step } from "./step.ts";

/**
 * Marks the results of a step that leaves none, or of something that is not a step: the file is read to its end, and
 * the check reports it with everything else. Argo would refuse it, should it ever be passed on.
 */
export function noResults(step: Step | undefined): string {
  return step === undefined ? "{{results}}" : `{{results.${step.work.kind}.${String(step.name)}}}`;
}

/** Which missing results a text refers to: what was asked for, and what to write instead. */
export function readNoResults(text: string): { readonly asked: string; readonly fix: string } | undefined {
  const [found, kind, name] = /\{\{results(?:\.(\w+)\.([^}]*))?\}\}/.exec(text) ?? [];
  if (found === undefined) {
    return undefined;
  }
  if (name === undefined) {
    return {
      asked: "night.results(...) of something that is not a step",
      fix: "write night.path(...) for any other path",
    };
  }
  const fixes: Readonly<Record<string, string>> = {
    spark: `remove results: false from step "${name}"`,
    job: `write results: "out/" in step "${name}"`,
  };
  return {
    asked: `night.results(...) of step "${name}"`,
    fix: fixes[kind ?? ""] ?? `write night.path(...) with the path that step "${name}" writes to`,
  };
}
