import { Duration } from "cdk8s";
import { describe, expect, test } from "vitest";
import { deployedApp, inPod, onResults } from "../../../../constructs/index.ts";
import type { Night } from "../../../../constructs/night/night.ts";
import { customerWithSteps, smallSpark } from "../../../support/customer.ts";
import { runnerDocument, template } from "../../../support/night.ts";

const pricing = deployedApp({ labels: { app: "pricing" } });
const sidecar = deployedApp({ labels: { app: "pricing" }, container: "sidecar" });
const NIGHT = "/results/night/2026-03-31/run-1";

function documentOf(declare: (night: Night) => void, name: string): Readonly<Record<string, unknown>> {
  return runnerDocument(template(customerWithSteps(declare, { cluster: { namespace: "quant" } }), `run-${name}`));
}

describe("the runner's document", () => {
  test("names the run, the step and the attempt, with numbers as numbers", () => {
    expect(documentOf((night) => void night.spark("var-es", smallSpark()), "var-es")).toMatchObject({
      run: {
        customer: "testbank",
        pipeline: "night",
        businessDate: "2026-03-31",
        variant: "quarter-end",
        number: 1,
      },
      step: "var-es",
      attempt: 2,
      namespace: "quant",
      outageBudgetSeconds: 1800,
      troubleSeconds: 150,
    });
  });

  test("of a Spark step: its Job and how long to wait for what", () => {
    const options = smallSpark({ result: "var.json", timeout: Duration.hours(2) });
    expect(documentOf((night) => void night.spark("var-es", options), "var-es").spark).toMatchObject({
      job: { apiVersion: "batch/v1", kind: "Job" },
      pendingSeconds: 900,
      imagePullSeconds: 300,
      timeoutSeconds: 7200,
      result: "var.json",
    });
  });

  test("of an exec step: the pod, the command with the night's values, and the timeout", () => {
    const declare = (night: Night): void => {
      const command = ["snapshot", "--out", night.path("market"), night.businessDate];
      night.exec("market", { app: pricing, command });
    };
    expect(documentOf(declare, "market").exec).toEqual({
      selector: { app: "pricing" },
      container: null,
      command: ["snapshot", "--out", `${NIGHT}/market`, "2026-03-31"],
      timeoutSeconds: 12 * 3600,
    });
  });

  test("of a command with quotes and braces: exactly that command", () => {
    const command = ["sh", "-c", `echo "it's" \\ '{"number":"{{x"}' | cat`];
    const declare = (night: Night): void => void night.exec("quoted", { app: pricing, command });
    expect(documentOf(declare, "quoted").exec).toMatchObject({ command });
  });

  test("of figures: where they are in the step's own results, and how far they may move", () => {
    const figures = { VaR: { place: "v.json#total.var", maxJump: "12.5%" }, ES: "v.json#es" };
    const compiled = documentOf((night) => void night.spark("var-es", smallSpark({ figures })), "var-es");
    expect(compiled.spark).toMatchObject({
      figures: [
        { name: "VaR", value: { from: "var-es/v.json", keys: ["total", "var"], type: "number" }, maxJump: 12.5 },
        { name: "ES", value: { from: "var-es/v.json", keys: ["es"], type: "number" }, maxJump: null },
      ],
    });
    expect(documentOf((night) => void night.spark("a", smallSpark()), "a").spark).not.toHaveProperty("figures");
  });

  test("of a value from an earlier result: where it is, after the step that has it", () => {
    const definition = customerWithSteps((night) => {
      const count = night.spark("count", smallSpark({ results: "out/" }));
      night.spark("pay", smallSpark({ args: ["--n", night.number(count, "c.json#total.$n"), "$"] }));
      night.exec("say", { app: pricing, command: ["say", night.word(count, "c.json#unit")] });
    });
    const compiled = (name: string) => runnerDocument(template(definition, `run-${name}`));
    const { args } = (
      compiled("pay") as {
        spark: { job: { spec: { template: { spec: { containers: [{ args: readonly unknown[] }] } } } } };
      }
    ).spark.job.spec.template.spec.containers[0];
    const number = { from: "count/c.json", keys: ["total", "$n"], type: "number" };
    expect(args.slice(-3)).toEqual(["--n", number, "$$"]);
    const word = { from: "count/c.json", keys: ["unit"], type: "word" };
    expect(compiled("say").exec).toMatchObject({ command: ["say", word] });
    const [, pay, say] = definition.workflow.steps;
    expect([pay, say].map((step) => step?.after.map(({ name }) => name))).toEqual([["count"], ["count"]]);
  });

  test("of a copy in to the customer's volume: the waiting pod there", () => {
    const declare = (night: Night): void => void night.copyIn("hand-in", { from: "limits", to: onResults("in") });
    expect(documentOf(declare, "hand-in").copy).toEqual({
      selector: { "app.kubernetes.io/name": "nightlane-results" },
      container: null,
      remotePath: `${NIGHT}/in`,
      lanePath: `${NIGHT}/limits`,
      timeoutSeconds: 12 * 3600,
    });
  });

  test("of a copy out of an application's container: to the step's own name", () => {
    const declare = (night: Night): void => void night.copyOut("archive", { from: inPod(sidecar, "/data") });
    expect(documentOf(declare, "archive").copy).toMatchObject({
      selector: { app: "pricing" },
      container: "sidecar",
      remotePath: "/data",
      lanePath: `${NIGHT}/archive`,
    });
  });

  test("of each kind: the runner's subcommand", () => {
    const customer = customerWithSteps((night) => {
      night.spark("a", smallSpark());
      night.exec("b", { app: pricing, command: ["true"] });
      night.copyIn("c", { from: "x", to: onResults("x") });
      night.copyOut("d", { from: onResults("x") });
    });
    const commands = ["a", "b", "c", "d"].map((name) => template(customer, `run-${name}`).container?.args);
    expect(commands).toEqual([["spark"], ["exec"], ["copy-in"], ["copy-out"]]);
  });
});
