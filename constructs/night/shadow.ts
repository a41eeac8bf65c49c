import { given } from "../definition/given.ts";
import { Step, type StepOptions, type StepWork } from "./step.ts";

/**
 * The steps of a shadow night, which runs beside the night that still counts: without those that may write elsewhere
 * than below the night's own directory. A step that waited for one of them waits for what that one would have waited
 * for.
 */
export function shadowSteps(steps: readonly Step[]): readonly Step[] {
  const kept = new Map(
    steps.filter(runsInShadow).map((step) => [step, new Step(step.name, withoutEdges(step.work), [])]),
  );
  for (const [step, copy] of kept) {
    copy.runsAfter(...[...waitsFor(step, kept)].flatMap((upstream) => kept.get(upstream) ?? []));
  }
  return [...kept.values()];
}

/** Whether a step writes only below the night's directory: by its kind, or by `inShadow` in the customer's file. */
function runsInShadow({ work }: Step): boolean {
  return work.options.inShadow ?? writesOnlyResults(work);
}

function writesOnlyResults(work: StepWork): boolean {
  switch (work.kind) {
    case "spark":
    case "copyOut":
      return true;
    case "copyIn":
      return given(work.options.to).kind === "results";
    case "job":
    case "exec":
    case "gate":
      return false;
  }
}

function withoutEdges(work: StepWork): StepWork {
  const options: StepOptions = { ...work.options, after: [] };
  return { ...work, options } as StepWork;
}

/** The kept steps before a step, skipping those that are left out. The checks report a cycle, not this. */
function waitsFor(step: Step, kept: ReadonlyMap<Step, Step>, seen = new Set<Step>()): ReadonlySet<Step> {
  const found = new Set<Step>();
  for (const upstream of step.after.filter((one) => !seen.has(one))) {
    seen.add(upstream);
    for (const one of kept.has(upstream) ? [upstream] : waitsFor(upstream, kept, seen)) {
      found.add(one);
    }
  }
  return found;
}
