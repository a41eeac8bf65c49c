import type { Step } from "./step.ts";

/**
 * Stands in a text for the results of a step that leaves none, or of what is no step: the file is read to its end, and
 * the check tells it with all the rest. Argo would refuse it, should anybody pass it on.
 */
export function noResults(step: Step | undefined): string {
  return step === undefined ? "{{results}}" : `{{results.${step.work.kind}.${String(step.name)}}}`;
}

/** Which step a text asks in vain for its results: what was asked for, and what to write instead. */
export function readNoResults(text: string): { readonly asked: string; readonly fix: string } | undefined {
  const [found, kind, name] = /\{\{results(?:\.(\w+)\.([^}]*))?\}\}/.exec(text) ?? [];
  if (found === undefined) {
    return undefined;
  }
  if (name === undefined) {
    return { asked: "night.results(...) of what is no step", fix: "write night.path(...) for any other path" };
  }
  const fixes: Readonly<Record<string, string>> = {
    spark: `take results: false from step "${name}"`,
    job: `write results: "out/" in step "${name}"`,
  };
  return {
    asked: `night.results(...) of step "${name}"`,
    fix: fixes[kind ?? ""] ?? `write night.path(...) with the path that step "${name}" writes to`,
  };
}
