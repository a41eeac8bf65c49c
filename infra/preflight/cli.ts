import { readFileSync } from "node:fs";
import { Command, InvalidArgumentError } from "commander";
import { checkKubeconfig } from "../../constructs/checks/check-kubeconfig.ts";
import type { CustomerDefinition } from "../../constructs/definition/customer-definition.ts";
import { customerFile, loadCustomer } from "../../constructs/definition/customer-files.ts";
import { mistake, ProblemsError, received } from "../../constructs/definition/problem.ts";
import { runCli } from "../../constructs/definition/run-cli.ts";
import { isFederated } from "../../constructs/lane/federation.ts";
import { readCredentials } from "../credentials.ts";
import { provedCustomer } from "../proved.ts";
import { withFederatedToken } from "./federated-token.ts";
import type { Finding } from "./finding.ts";
import { preflight } from "./preflight.ts";

const EXAMPLES = `
Examples:
  npm run preflight -- seebank
  npm run preflight -- seebank --kubeconfig ~/seebank.kubeconfig
  npm run preflight -- seebank --no-start -o json

The credential is the one in the customer's file, read as a deployment reads it; for a federated customer it is a token
that the central cluster of KUBECONFIG makes for ten minutes. Run it where the customer's API server
can be reached. Of each kind of pod (drivers, executors, jobs; with the sizes of later attempts) one is started that does
nothing and is removed again; --no-start only asks the API server whether it would accept it.
A customer's further nights (seebank/month-end) need the same cluster, and are checked with it: give the file's name.
It ends with 1 where something is left to do.`;

interface Options {
  readonly kubeconfig?: string;
  readonly start: boolean;
  readonly wait: number;
  readonly output: "text" | "json";
}

const command = new Command("preflight")
  .description("Checks a customer's cluster as a night would meet it, and reports who has to do what.")
  .argument("<customer>", "name of a file in customers/, without .ts")
  .option("--kubeconfig <file>", "used instead of the credential in the customer's file")
  .option("--no-start", "start no pod, only ask whether the Jobs would be accepted")
  .option("--wait <seconds>", "how long an image may take to be pulled and started", seconds, 300)
  .option("-o, --output <format>", "text or json", format, "text")
  .addHelpText("after", EXAMPLES)
  .showHelpAfterError()
  .action(async (customer: string, options: Options) => {
    const definition = await loadCustomer(customer);
    // Mistakes in the file itself are reported first.
    provedCustomer(definition, customerFile(customer));
    const kubeconfig = await kubeconfigOf(definition, options);
    const note = (text: string): void => console.error(`...  ${text}`);
    const start = options.start ? { seconds: options.wait, note } : undefined;
    const findings = await preflight(definition, kubeconfig, start);
    const left = findings.filter(({ todo }) => todo !== undefined).length;
    console.log(
      options.output === "json"
        ? JSON.stringify({ kind: "Preflight", customer, findings }, null, 2)
        : text(customer, findings, left),
    );
    process.exitCode = left === 0 ? 0 : 1;
  });

function text(customer: string, findings: readonly Finding[], left: number): string {
  const columns = Math.max(...findings.map(({ look }) => look.length));
  const lines = findings.flatMap(({ look, found, todo }) => [
    `  ${todo === undefined ? "ok  " : "FIX "}  ${look.padEnd(columns)}  ${found}`,
    ...(todo === undefined ? [] : [`        rule: ${todo.rule}`, `        ${todo.who}: ${todo.fix}`]),
  ]);
  const end =
    left === 0 ? "a night can start" : `${left} ${left === 1 ? "thing" : "things"} to do before the first night`;
  return [`${customer}:`, ...lines, `  ${end}`].join("\n");
}

async function kubeconfigOf(definition: CustomerDefinition, { kubeconfig: file }: Options): Promise<string> {
  if (file === undefined) {
    const { kubeconfig = "" } = await readCredentials(definition, customerFile(definition.name));
    return isFederated(definition) ? withFederatedToken(definition.name, kubeconfig) : kubeconfig;
  }
  let content: string;
  try {
    content = readFileSync(file, "utf8");
  } catch {
    throw mistake(
      `--kubeconfig: received ${received(file)}`,
      "a file that can be read",
      "name the customer's kubeconfig",
    );
  }
  const problems = checkKubeconfig(content, definition);
  if (problems.length > 0) {
    throw new ProblemsError(file, problems);
  }
  return content;
}

function seconds(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > 3600) {
    throw new InvalidArgumentError("a whole number of seconds, 1 to 3600.");
  }
  return number;
}

function format(text: string): string {
  if (text !== "text" && text !== "json") {
    throw new InvalidArgumentError("text or json.");
  }
  return text;
}

await runCli(() => command.parseAsync());
