import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Command, Option } from "commander";
import { customerNames } from "../constructs/definition/customer-files.ts";
import { UserError } from "../constructs/definition/problem.ts";
import { type Affected, affected } from "./affected.ts";
import { changedFiles } from "./changes.ts";
import { childPipeline, type Purpose } from "./child-pipeline.ts";

interface Options {
  readonly for: Purpose;
  readonly out: string;
}

const REPOSITORY = fileURLToPath(new URL("..", import.meta.url));

const command = new Command("plan")
  .description("Which customers does a change touch? Writes the pipeline with their jobs.")
  .argument("<base>", "revision before the change; one that does not exist touches every customer")
  .argument("<head>", "revision after it, the one that is checked out")
  .addOption(
    new Option("--for <purpose>", "what the pipeline is for")
      .choices(["review", "deploy", "drift"])
      .makeOptionMandatory(),
  )
  .option("--out <folder>", "where the pipeline's files go", "plan")
  .action((base: string, head: string, options: Options) => {
    const names = customerNames();
    const changes = options.for === "drift" ? undefined : changedFiles(base, head, REPOSITORY);
    const touched = affected(changes, names);
    checkNames([...touched.customers, ...touched.removed]);
    const planCommand = `node_modules/.bin/tsx pipeline/plan.ts ${base} ${head} --for ${options.for}`;
    const files = childPipeline({ purpose: options.for, affected: touched, base, planCommand });
    rmSync(options.out, { recursive: true, force: true });
    mkdirSync(options.out, { recursive: true });
    for (const [name, content] of Object.entries(files)) {
      writeFileSync(join(options.out, name), content);
    }
    writeFileSync(join(options.out, "affected.json"), `${JSON.stringify(touched, null, 2)}\n`);
    console.log(summary(touched));
  });

/** Names become words of a shell command, and a file of that name may come with any merge request. */
function checkNames(names: readonly string[]): void {
  const wrong = names.find((name) => !/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(name) || name === "platform");
  if (wrong !== undefined) {
    throw new UserError(
      `customers/${wrong}.ts: received ${JSON.stringify(wrong)}\n    rule: a customer's file is named by a lower-case DNS label other than platform\n    mend: rename the file`,
    );
  }
}

function summary({ customers, removed, platform }: Affected): string {
  const list = (names: readonly string[]): string => (names.length === 0 ? "none" : names.join(", "));
  return `plan: customers ${list(customers)}; removed ${list(removed)}; platform ${platform ? "yes" : "no"}`;
}

try {
  await command.parseAsync();
} catch (error) {
  if (!(error instanceof UserError)) {
    throw error;
  }
  console.error(error.message);
  process.exitCode = 2;
}
