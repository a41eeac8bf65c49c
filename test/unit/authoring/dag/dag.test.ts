import { describe, expect, test } from "vitest";
import { foldGraph } from "../../../../authoring/dag/fold-graph.ts";
import { dagMermaid } from "../../../../authoring/dag/mermaid.ts";
import { type NightGraph, nightGraph } from "../../../../authoring/dag/night-graph.ts";
import { dagSvg } from "../../../../authoring/dag/svg.ts";
import { dagText } from "../../../../authoring/dag/text.ts";
import { ProblemsError } from "../../../../constructs/definition/problem.ts";
import { Cpu, Duration, deployedApp, inPod, nightly, onResults, Size, WEEKENDS } from "../../../../constructs/index.ts";
import type { Night } from "../../../../constructs/night/night.ts";
import { customerWithSteps, smallSpark, testCustomer } from "../../../support/customer.ts";
import { customers } from "../../../support/customers.ts";

function graphOf(steps: (night: Night) => void): NightGraph {
  const capacity = { cpu: Cpu.units(256), memory: Size.tebibytes(1) };
  const changes = { displayName: "Bank <&> Söhne", cluster: { ...testCustomer().cluster, capacity } };
  return nightGraph(customerWithSteps(steps, changes), "customers/testbank.ts");
}

/** Every kind of step, a diamond, and an edge over several ranks. */
function everyKind(night: Night): void {
  const market = night.exec("market", {
    app: deployedApp({ labels: { app: "pricing" } }),
    command: ["/opt/snapshot.py", "--quick"],
    timeout: Duration.minutes(90),
  });
  const limits = night.copyOut("limits", { from: onResults("limits") });
  const scenarios = night.spark("scenarios", smallSpark({ after: market }));
  const figures = night.spark("var-es", smallSpark({ after: [scenarios, limits, market] }));
  night.copyOut("archive", { from: onResults("var-es"), after: figures, when: "month-end" });
  night.copyIn("hand-in", { from: "var-es", to: onResults("handed-in"), after: figures });
  night.gate("sign-off", { after: figures, when: "quarter-end" });
}

describe("nightGraph", () => {
  test("ranks a step below the last of those it waits for", () => {
    const ranks = graphOf(everyKind).nodes.map(({ name, rank }) => [name, rank]);
    expect(Object.fromEntries(ranks)).toEqual({
      market: 0,
      limits: 0,
      scenarios: 1,
      "var-es": 2,
      archive: 3,
      "hand-in": 3,
      "sign-off": 3,
    });
  });

  test("says whom a gate waits for, bounds of executors, days off and how many steps at once", () => {
    const steps = (night: Night): void => {
      const { executors: _, ...sizes } = smallSpark();
      night.spark("s", { ...sizes, dynamicAllocation: { min: 2, max: 4 } });
      night.gate("one", { approvers: "risk-control" });
      night.gate("two", { approvers: "risk-control", approvals: 2 });
      night.gate("people", { approvals: 2 });
    };
    const schedule = nightly("21:00", { timezone: "Asia/Kuwait", calendar: WEEKENDS, weekend: ["friday", "saturday"] });
    const graph = nightGraph(
      customerWithSteps(steps, { workflow: { schedule, stepsAtOnce: 3 } }),
      "customers/testbank.ts",
    );
    expect(graph.times).toContain("calendar WEEKENDS, off on friday and saturday, due 06:00, at most 3 steps at once");
    expect(graph.nodes.map(({ facts }) => facts.find((fact) => / x |waits/.test(fact)))).toEqual([
      "2 to 4 x 1 GiB, 0.5 CPU",
      "waits for one of risk-control",
      "waits for 2 of risk-control",
      "waits for 2 people",
    ]);
  });

  test("refuses to picture a night that cannot run", () => {
    const cyclic = (night: Night): void => {
      const first = night.spark("first", smallSpark());
      first.runsAfter(night.spark("second", smallSpark({ after: first })));
    };
    expect(() => graphOf(cyclic)).toThrow(ProblemsError);
    expect(() => graphOf(cyclic)).toThrow(/customers\/testbank\.ts: 1 problem.*no cycle/s);
  });
});

describe("dagText", () => {
  test("is a table in the order of ranks", () => {
    expect(dagText(graphOf(everyKind))).toMatchInlineSnapshot(`
      "Bank <&> Söhne: starts 22:00 Europe/Berlin, calendar TARGET, due 06:00

        1  market     exec      starts with the night            snapshot.py; at most 90 min
        1  limits     copy out  starts with the night            from limits; at most 12 h
        2  scenarios  spark     after market                     var_es.py; 1 x 1 GiB, 0.5 CPU; at most 12 h
        3  var-es     spark     after scenarios, limits, market  var_es.py; 1 x 1 GiB, 0.5 CPU; at most 12 h
        4  archive    copy out  after var-es                     only at month-end; from var-es; at most 12 h
        4  hand-in    copy in   after var-es                     to handed-in; at most 12 h
        4  sign-off   gate      after var-es                     only at quarter-end; waits for a person
      "
    `);
  });
});

describe("dagMermaid", () => {
  test("has every step once, with its kind as class, and every edge", () => {
    const lines = dagMermaid(graphOf(everyKind)).split("\n");
    expect(lines[0]).toBe("flowchart TD");
    expect(lines.filter((line) => line.includes("-->")).map((line) => line.trim())).toEqual([
      "s0 --> s2",
      "s2 --> s3",
      "s1 --> s3",
      "s0 --> s3",
      "s3 --> s4",
      "s3 --> s5",
      "s3 --> s6",
    ]);
    expect(lines.filter((line) => /^ {2}s\d[[{]/.test(line)).map((line) => line.split(":::")[1])).toEqual([
      "exec",
      "copyOut",
      "spark",
      "spark",
      "copyOut",
      "copyIn",
      "gate",
    ]);
    expect(lines.filter((line) => line.startsWith("  classDef"))).toHaveLength(5);
  });

  test("lets no text of a file end a label", () => {
    const mermaid = dagMermaid(
      graphOf((night) => {
        const limits = night.copyOut("limits", { from: onResults("limits") });
        night.copyIn("back", {
          from: "limits",
          to: inPod(deployedApp({ labels: { app: "pricing" } }), '/a"]; click b<i>'),
          after: limits,
        });
      }),
    );
    expect(mermaid).toContain("/a#34;#93;#59; click b#60;i#62;");
  });
});

describe("dagSvg", () => {
  test("names every step, its condition and what it does, and escapes what the file says", () => {
    const svg = dagSvg(graphOf(everyKind));
    for (const shown of [
      ">market<",
      ">sign-off<",
      ">gate, only at quarter-end<",
      ">1 x 1 GiB, 0.5 CPU, at most 12 h<",
      ">Bank &#60;&#38;&#62; Söhne<",
    ]) {
      expect(svg).toContain(shown);
    }
  });

  test("needs nothing from elsewhere", () => {
    expect(dagSvg(graphOf(everyKind)).replace('xmlns="http://www.w3.org/2000/svg"', "")).not.toMatch(
      /href|url\(|https?:/,
    );
  });

  test.each(customers.map((customer) => [customer.name, customer] as const))("draws %s", (name, customer) => {
    const svg = dagSvg(nightGraph(customer, `customers/${name}.ts`));
    for (const step of customer.workflow.steps) {
      expect(svg).toContain(`>${step.name}<`);
    }
  });
});

describe("a night of many steps", () => {
  /** Three desks of many portfolios, each valued and measured: 1 + 2 x 90 + 1 steps. */
  function manyPortfolios(night: Night): void {
    const market = night.copyOut("market", { from: onResults("market") });
    const measured = ["rates", "credit", "equity"].flatMap((desk) =>
      Array.from({ length: 30 }, (_, index) => {
        const valued = night.spark(`value-${desk}-${index + 1}`, smallSpark({ after: market }));
        return night.spark(`measure-${desk}-${index + 1}`, smallSpark({ after: valued }));
      }),
    );
    night.gate("sign-off", { after: measured });
  }
  const whole = graphOf(manyPortfolios);
  const folded = foldGraph(whole);

  test("is a table of what is alike, on 100 columns", () => {
    const lines = dagText(folded).split("\n");
    expect(lines.filter((line) => /^ {2}\d/.test(line)).map((line) => line.slice(2, 22).trim())).toEqual([
      "1  market",
      "2  value-rates-* ×30",
      "2  value-credit-* ×3",
      "2  value-equity-* ×3",
      "3  measure-rates-* ×",
      "3  measure-credit-*",
      "3  measure-equity-*",
      "4  sign-off",
    ]);
    expect(
      dagText(whole)
        .split("\n")
        .find((line) => line.includes("sign-off")),
    ).toMatch(/after measure-rates-1, .* and 8\d more/);
  });

  test("is a picture that fits a page", () => {
    const width = Number(/width="(\d+)"/.exec(dagSvg(folded))?.[1]);
    expect(width).toBeLessThan(1000);
    expect(dagMermaid(folded).split("\n").length).toBeLessThan(25);
  });

  test("is shown step by step on demand, and a small night always", () => {
    expect(dagText(whole).split("\n").length).toBeGreaterThan(180);
    expect(foldGraph(graphOf(everyKind)).nodes.map(({ name }) => name)).toEqual(
      graphOf(everyKind).nodes.map(({ name }) => name),
    );
  });

  test("keeps apart in their names what a loop numbers at the end", () => {
    const svg = dagSvg(graphOf((night) => night.spark("valuation-of-portfolio-number-17", smallSpark())));
    expect(svg).toContain(">valuation-of…io-number-17<");
  });
});

test("title, times and legend stay within the picture", () => {
  const kinds = ["spark", "job", "exec", "copyIn", "copyOut", "gate"] as const;
  const nodes = kinds.map((kind, rank) => {
    const after = kinds.slice(Math.max(0, rank - 1), rank);
    return { name: kind, kind, after, when: undefined, facts: [], rank };
  });
  const svg = dagSvg({ title: "W".repeat(80), times: "starts, ".repeat(100), nodes });
  const width = Number(/width="(\d+)"/.exec(svg)?.[1]);
  const drawn = [...svg.matchAll(/<text x="([\d.]+)" y="[\d.]+" font-size="(\d+)"[^>]*>([^<]*)</g)];
  expect(drawn.length).toBeGreaterThan(2 + kinds.length);
  for (const [, x, size, letters = ""] of drawn) {
    expect(Number(x) + letters.length * Number(size) * 0.5, letters).toBeLessThanOrEqual(width);
  }
  expect(svg).toContain(`<title>Night of ${"W".repeat(80)}</title>`);
});

test("a shadow night says so, and what it leaves out", () => {
  const graph = nightGraph(customerWithSteps(everyKind, { workflow: { shadow: true } }), "customers/testbank.ts");
  expect(graph.title).toMatch(/, shadow night$/);
  expect(graph.times).toMatch(/; left out: market, sign-off$/);
});
