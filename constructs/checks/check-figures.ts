import { type Problem, received } from "../definition/problem.ts";
import { below } from "../form/form.ts";
import { figureOf, percent } from "../night/figure.ts";
import { readPlace } from "../night/result-place.ts";
import type { Figure, StepWork } from "../night/step.ts";
import { bringsResults } from "../night/step-results.ts";
import { isBelow } from "./is-below.ts";
import { outsidePods } from "./pod-results.ts";

/** More would crowd everything else out of the run record. */
const MOST_FIGURES = 20;

/** A higher limit is a typo, or has no effect. */
const MOST_PERCENT = 1000;

const NAME = /^[A-Za-z0-9]([A-Za-z0-9 ._-]{0,38}[A-Za-z0-9])?$/;

/** The figures of a step: their names, where they are and how far they may move. */
export function checkFigures(work: Extract<StepWork, { readonly kind: "spark" | "job" }>): readonly Problem[] {
  const { figures = {} } = work.options;
  const names = Object.keys(figures);
  if (names.length > 0 && !bringsResults(work)) {
    const rule = "no figures without results: there is no file that could contain them";
    return [problem("figures", names, rule, 'write results: "out/" or results: true, or remove them')];
  }
  if (names.length > MOST_FIGURES) {
    const rule = `at most ${MOST_FIGURES}: people read them`;
    return [problem("figures", `${names.length} figures`, rule, "keep those that somebody would act on")];
  }
  return Object.entries(figures).flatMap(([name, figure]) => checkFigure(work, name, figureOf(figure)));
}

function checkFigure(work: StepWork, name: string, { place, maxJump }: Figure): readonly Problem[] {
  const at = below("figures", name);
  const problems: Problem[] = [];
  if (!NAME.test(name)) {
    const rule =
      "a name of letters from A to Z, digits, inner spaces, dots, dashes and underscores, at most 40 characters";
    problems.push(problem(at, name, rule, 'write for instance "VaR 99"'));
  }
  const read = readPlace(place);
  if (read === undefined || !isBelow(read.file)) {
    const rule = "a JSON file among the step's results, `#`, and the names that lead to the number, separated by dots";
    problems.push(problem(at, place, rule, 'write for instance "var.json#total.var"'));
  } else {
    const misplaced = outsidePods(work, read.file);
    problems.push(...(misplaced === undefined ? [] : [{ property: at, ...misplaced }]));
  }
  const most = maxJump === undefined ? undefined : percent(maxJump);
  if (maxJump !== undefined && (most === undefined || most > MOST_PERCENT)) {
    const rule = `a percentage above 0 and at most ${MOST_PERCENT}%, of the previous business day's amount`;
    problems.push(problem(`${at}.maxJump`, maxJump, rule, 'write for instance "20%"'));
  }
  return problems;
}

function problem(property: string, value: unknown, rule: string, fix: string): Problem {
  return { property, received: received(value), rule, fix };
}
