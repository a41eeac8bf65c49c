import { describe, expect, test } from "vitest";
import { checkSteps, STEP_NAME_LIMIT } from "../../../../constructs/checks/check-steps.ts";
import type { Problem } from "../../../../constructs/definition/problem.ts";
import { onResults } from "../../../../constructs/index.ts";
import { Night } from "../../../../constructs/night/night.ts";
import { smallSpark } from "../../../support/customer.ts";
import { expectProblems } from "../../../support/problems.ts";

function check(declare: (night: Night) => void): readonly Problem[] {
  const night = new Night();
  declare(night);
  return checkSteps(night.steps);
}

describe("checkSteps", () => {
  test("takes a diamond, also with an edge to a step declared later", () => {
    const problems = check((night) => {
      const first = night.gate("first");
      const left = night.gate("left", { after: first });
      const last = night.gate("last", { after: [left] });
      last.runsAfter(night.gate("right", { after: first }));
    });
    expect(problems).toEqual([]);
  });

  test("refuses a night without steps", () => {
    expectProblems(
      check(() => {}),
      {
        property: "workflow.steps",
        received: "none",
        rule: "at least one step",
        fix: 'night.spark("var-es", { ... })',
      },
    );
  });

  test.each(["Var", "var_es", "1var", "-var", "var-", "", "a".repeat(STEP_NAME_LIMIT + 1)])(
    "refuses the name %j",
    (name) => {
      expectProblems(
        check((night) => void night.gate(name)),
        {
          property: `workflow.steps[${JSON.stringify(name)}]`,
          received: JSON.stringify(name),
          rule: "lower-case letters, digits and inner dashes, starting with a letter, at most 40 characters",
          fix: "rename the step",
        },
      );
    },
  );

  test("refuses a second step of the same name", () => {
    const problems = check((night) => {
      night.gate("report");
      night.gate("report");
    });
    expectProblems(problems, {
      property: 'workflow.steps["report"]',
      received: "2 steps of this name",
      rule: "unique in the night",
      fix: "give each a unique name",
      which: 1,
    });
  });

  test("refuses an edge to a step of another night", () => {
    const stranger = new Night().gate("scenarios");
    expectProblems(
      check((night) => void night.gate("report", { after: stranger })),
      {
        property: 'workflow.steps["report"].after',
        received: '"scenarios"',
        rule: "a step of the same night",
        fix: 'declare "scenarios" in this night, or drop the edge',
      },
    );
  });

  test("refuses results of a step that leaves none, and of another night", () => {
    const stranger = new Night().spark("scenarios", smallSpark());
    const problems = check((night) => {
      const quiet = night.spark("quiet", smallSpark({ results: false }));
      night.spark("report", smallSpark({ from: [quiet, stranger] }));
      night.copyIn("hand-in", { from: night.gate("gate"), to: onResults("in") });
    });
    expectProblems(
      problems,
      {
        property: 'workflow.steps["report"].from',
        received: '"scenarios"',
        rule: "a step of the same night",
        fix: 'declare "scenarios" in this night, or drop the edge',
      },
      {
        property: 'workflow.steps["report"].from',
        received: '"quiet"',
        rule: "a step that leaves results on the customer's results volume",
        fix: 'write results: "out/" in step "quiet" if it leaves files, or after: instead of from:',
      },
      {
        property: 'workflow.steps["hand-in"].from',
        received: '"gate"',
        rule: "a step that brings files to the lane",
        fix: 'write results: "out/" in step "gate"',
      },
    );
  });

  test("refuses the results of a step that is not waited for, and no others", () => {
    const problems = check((night) => {
      const first = night.spark("first", smallSpark());
      const other = night.spark("first-two", smallSpark({ results: "out/" }));
      const good = [
        "--a",
        night.results(first),
        `--b=${night.results(other)}/x`,
        night.path("first-tw"),
        night.path("own.d"),
      ];
      night.spark("good", smallSpark({ from: [first, other], args: good }));
      night.spark(
        "early",
        smallSpark({ args: [`--x=${night.results(other)}/var.json`], env: { A: night.results(first) } }),
      );
      night.spark("own", smallSpark({ args: [night.path("own"), night.path("first-two")] }));
    });
    expectProblems(
      problems,
      {
        property: 'workflow.steps["early"].env',
        received: 'the results of step "first"',
        rule: "results of an earlier step",
        fix: 'write from: the step "first"',
      },
      {
        property: 'workflow.steps["early"].args',
        received: 'the results of step "first-two"',
        rule: "results of an earlier step",
        fix: 'write from: the step "first-two"',
      },
    );
  });

  test("refuses a cycle and shows its path", () => {
    const problems = check((night) => {
      const first = night.gate("first");
      const second = night.gate("second", { after: first });
      first.runsAfter(night.gate("third", { after: second }));
    });
    expectProblems(problems, {
      property: "workflow.steps",
      received: "first -> second -> third -> first",
      rule: "no cycle",
      fix: "drop one of these edges",
    });
  });

  test("tells mistakes of names, edges and work at once", () => {
    const problems = check((night) => {
      const loop = night.copyIn("Loop", { from: "/etc", to: { kind: "results", path: "x" } });
      loop.runsAfter(loop, new Night().gate("elsewhere"));
    });
    expect(problems.map(({ property }) => property)).toEqual([
      'workflow.steps["Loop"]',
      'workflow.steps["Loop"].after',
      "workflow.steps",
      'workflow.steps["Loop"].from',
    ]);
  });
});
