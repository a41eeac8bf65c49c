import { Duration } from "cdk8s";
import { describe, expect, test } from "vitest";
import { customerCalendar } from "../../../../constructs/calendars/customer-calendar.ts";
import { nightly, WEEKENDS } from "../../../../constructs/index.ts";
import { nightSpec } from "../../../../constructs/workflow/night-spec.ts";
import { customerWithSteps, smallSpark, testCustomer } from "../../../support/customer.ts";
import { runnerDocument, tasks, template } from "../../../support/night.ts";

const diamond = customerWithSteps((night) => {
  const first = night.spark("first", smallSpark());
  const left = night.spark("left", smallSpark({ after: first, timeout: Duration.minutes(30) }));
  const right = night.gate("right", { after: first, when: "month-end", message: "Look at it." });
  night.spark("last", smallSpark({ after: [left, right], when: "quarter-end" }));
});

describe("the night", () => {
  test("asks the calendar first and runs the steps on business days only", () => {
    expect(nightSpec(diamond).entrypoint).toBe("night");
    expect(tasks(template(diamond, "night"))).toMatchObject({
      calendar: { template: "calendar" },
      steps: { depends: "calendar.Succeeded", when: "{{tasks.calendar.outputs.parameters.open}} == yes" },
    });
  });

  test("takes the business date as a parameter, from the scheduled time where none is given", () => {
    expect(nightSpec(diamond).arguments?.parameters).toMatchObject([
      { name: "business-date", value: "auto" },
      { name: "run-number", value: "1" },
      { name: "scheduled-time", value: "" },
      { name: "from-step", value: "" },
      { name: "reuse-run", value: "0" },
    ]);
  });

  test("hands the calendar the customer's own", () => {
    const schedule = nightly("22:00", {
      timezone: "Europe/Zurich",
      calendar: WEEKENDS,
      extraHolidays: ["2026-12-24"],
    });
    expect(runnerDocument(template(testCustomer({ workflow: { schedule } }), "calendar"))).toEqual({
      calendar: {
        scheduledTime: "2026-03-31T20:30:00Z",
        businessDate: "auto",
        timezone: "Europe/Zurich",
        calendar: customerCalendar(schedule),
        rollHour: 12,
      },
      anew: { fromStep: "", steps: [["var-es"]] },
      claim: { pipeline: "night", number: "1", workflow: "night-1774989000", uid: "uid-1" },
    });
  });

  test("has no deadline of its own, which would fail a step that waits for a person", () => {
    expect(nightSpec(diamond)).not.toHaveProperty("activeDeadlineSeconds");
  });
});

describe("the exit handler", () => {
  test("sweeps the run of a night that began and did not succeed", () => {
    expect(nightSpec(diamond).onExit).toBe("over");
    expect(tasks(template(diamond, "over"))).toEqual({
      sweep: {
        name: "sweep",
        template: "sweep",
        when: '"{{workflow.status}}" != "Succeeded" && "{{workflow.outputs.parameters.open}}" == "yes"',
      },
    });
  });

  test("knows the run by what the calendar found", () => {
    const names = template(diamond, "calendar").outputs?.parameters?.map(({ globalName }) => globalName);
    // The ends of the credential are for nightwatch: nothing that runs reads them.
    expect(names).toEqual(["business-date", "open", "variant", "half-day", "reason", undefined, undefined]);
    expect(runnerDocument(template(diamond, "sweep"))).toMatchObject({
      run: { businessDate: "2026-03-31", variant: "quarter-end", number: 1 },
      step: "sweep",
      sweep: { timeoutSeconds: 300 },
    });
  });
});

describe("the DAG", () => {
  const dag = tasks(template(diamond, "steps"));

  test("has the edges of the file", () => {
    expect(Object.fromEntries(Object.entries(dag).map(([name, task]) => [name, task.depends]))).toEqual({
      first: undefined,
      left: "first",
      right: "first",
      last: "left && right",
    });
  });

  test("runs a step at the end of a month at the end of a quarter too, and not the other way", () => {
    const variant = '"{{inputs.parameters.variant}}"';
    expect(dag.right?.when).toBe(`${variant} == "month-end" || ${variant} == "quarter-end"`);
    expect(dag.last?.when).toBe(`${variant} == "quarter-end"`);
    expect(dag.first).not.toHaveProperty("when");
  });

  test("runs a step on half days only, or on full days only", () => {
    const customer = customerWithSteps((night) => {
      night.spark("early", smallSpark({ when: "half-day" }));
      night.spark("usual", smallSpark({ when: "full-day" }));
    });
    const { early, usual } = tasks(template(customer, "steps"));
    const halfDay = '"{{inputs.parameters.half-day}}"';
    expect([early?.when, usual?.when]).toEqual([`${halfDay} == "yes"`, `${halfDay} == "no"`]);
    expect(template(customer, "steps").inputs?.parameters).toContainEqual({ name: "half-day" });
    expect(tasks(template(customer, "night")).steps?.arguments?.parameters).toContainEqual({
      name: "half-day",
      value: "{{tasks.calendar.outputs.parameters.half-day}}",
    });
  });

  test("runs as many steps side by side as the file says", () => {
    expect(template(diamond, "steps")).not.toHaveProperty("parallelism");
    const few = customerWithSteps((night) => void night.spark("a", smallSpark()), { workflow: { stepsAtOnce: 8 } });
    expect(template(few, "steps").parallelism).toBe(8);
  });

  test("refers only to templates that are there", () => {
    const templates = nightSpec(diamond).templates ?? [];
    const known = new Set(templates.map(({ name }) => name));
    const used = templates.flatMap(({ dag: one }) => one?.tasks ?? []).map((task) => task.template);
    expect(used.filter((name) => !known.has(name))).toEqual([]);
    expect(known.size).toBe(templates.length);
  });
});

describe("a step's runner", () => {
  test("is ended ten minutes after its own timeout, 12 hours unless the file says otherwise", () => {
    expect(template(diamond, "run-left").activeDeadlineSeconds).toBe(40 * 60);
    expect(template(diamond, "run-first").activeDeadlineSeconds).toBe(12 * 3600 + 600);
  });

  test("of a gate is not a pod but a question to a person", () => {
    expect(tasks(template(diamond, "steps")).right?.arguments?.parameters).toContainEqual({
      name: "message",
      value: "Look at it.",
    });
    expect(template(diamond, "run-right")).toEqual({
      name: expect.stringMatching(/^run-gate-[0-9a-f]{6}$/),
      inputs: {
        parameters: [
          { name: "business-date" },
          { name: "variant" },
          { name: "step" },
          { name: "attempt" },
          { name: "message" },
        ],
      },
      suspend: {},
      outputs: { parameters: [{ name: "decision", valueFrom: { supplied: {} } }] },
    });
  });

  test("of a gate without a message asks to confirm", () => {
    const customer = customerWithSteps((night) => void night.gate("sign-off"));
    expect(tasks(template(customer, "steps"))["sign-off"]?.arguments?.parameters).toContainEqual({
      name: "message",
      value: "Confirm to go on.",
    });
  });
});
