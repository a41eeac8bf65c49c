import { type CustomerDefinition, Duration, deployedApp, image, onResults, Size } from "../../constructs/index.ts";
import type { Night } from "../../constructs/night/night.ts";
import { customerWithSteps, smallSpark } from "./customer.ts";
import { runnerDocument, template } from "./night.ts";

const pricing = deployedApp({ labels: { app: "pricing" }, container: "main" });

/** One step of each kind that the runner knows; each name is the runner's own word for its kind. */
function declare(night: Night): void {
  const group = night.group("desks", { atOnce: 4 });
  const market = night.exec("exec", { app: pricing, command: ["snapshot", "--out", night.path("market"), "$HOME"] });
  const risk = night.spark(
    "spark",
    smallSpark({ args: ["--date", night.businessDate], result: "var.json", after: [market] }),
  );
  const report = night.job("job", {
    image: image("risk"),
    command: ["python"],
    args: ["report.py"],
    memory: Size.gibibytes(1),
    group,
    endWithin: Duration.hours(6),
    retries: { times: 2, exitCodes: [75, "OOMKilled"] },
    after: [risk],
  });
  const brought = night.copyOut("copy-out", { from: onResults("report"), to: "report", after: [report] });
  night.copyIn("copy-in", { from: "report", to: onResults("archive"), after: [brought] });
}

/** A customer whose night has a step of each kind that the runner knows. */
export function customerOfEveryStep(): CustomerDefinition {
  return customerWithSteps(declare);
}

/** The document that the runner gets for a step of each kind, by kind, as Argo passes it. */
export function stepDocuments(): Readonly<Record<string, unknown>> {
  const customer = customerOfEveryStep();
  const kinds = customer.workflow.steps.map(({ name }) => name);
  return Object.fromEntries(kinds.map((kind) => [kind, runnerDocument(template(customer, `run-${kind}`))]));
}
