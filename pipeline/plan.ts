import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Command, Option } from "commander";
import pLimit from "p-limit";
import { customerFile, customerNames } from "../constructs/definition/customer-files.ts";
import { mistake, received } from "../constructs/definition/problem.ts";
import { runCli } from "../constructs/definition/run-cli.ts";
import { replaceFolder } from "../infra/output-folder.ts";
import { PLATFORM } from "../isolation/model/estate.ts";
import { type Affected, affected } from "./affected.ts";
import { addedBetween, changedFiles, type FileChange, isBefore, isCommit } from "./changes.ts";
import { childPipeline, type Purpose } from "./child-pipeline.ts";
import { lastDeployed, livingCustomers, type Project, projectOfJob, triedSince } from "./deployments.ts";
import { type Deployed, type LastDeployment, pending } from "./pending.ts";
import { waves } from "./waves.ts";

interface Options {
  readonly for: Purpose;
  readonly out: string;
  readonly deployed?: boolean;
  readonly again?: string;
}

/** What a pipeline is written from. */
interface Plan extends Affected {
  readonly waves: readonly (readonly string[])[];
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
  .option(
    "--deployed",
    "ask GitLab what each stack was last deployed from, and deploy what differs from that, or compare what does not",
  )
  .option("--again <plan>", "write the pipeline of this plan, from affected.json")
  .action(async (base: string, head: string, options: Options) => {
    const touched: Plan = options.again ? JSON.parse(options.again) : await planOf(base, head, options);
    checkNames([...touched.customers, ...touched.removed]);
    const again = `--for ${options.for} --again '${JSON.stringify(touched)}'`;
    const planCommand = `node_modules/.bin/tsx pipeline/plan.ts ${base} ${head} ${again}`;
    const files = childPipeline({ purpose: options.for, affected: touched, base, planCommand, waves: touched.waves });
    await replaceFolder(options.out, async (folder) => {
      for (const [name, content] of Object.entries(files)) {
        writeFileSync(join(folder, name), content);
      }
      writeFileSync(join(folder, "affected.json"), `${JSON.stringify(touched, null, 2)}\n`);
    });
    if (options.again === undefined && options.for !== "drift" && !isCommit(base, REPOSITORY)) {
      console.log(`plan: ${received(base)} is not a revision here, so every customer counts as touched`);
    }
    console.log(summary(touched));
  });

async function planOf(base: string, head: string, options: Options): Promise<Plan> {
  const names = customerNames();
  if (options.for === "drift") {
    const all = affected(undefined, names);
    return { ...(options.deployed ? without(await deployed(names, head), all) : all), waves: [] };
  }
  const changes = changedFiles(base, head, REPOSITORY);
  if (options.for === "review") {
    return { ...affected(changes, names), waves: [] };
  }
  const before = options.deployed ? await deployed(names, head) : deployedFrom(base, head, changes);
  const { own, ...touched } = pending(changes, names, before);
  const common = touched.customers.filter((name) => !own.includes(name));
  return { ...touched, waves: waves(common, names) };
}

/** Leaves out stacks that a change has yet to reach, as while a wave waits: they differ without any drift. */
function without(before: Deployed, { customers, platform, removed }: Affected): Affected {
  const lacking = pending([], customers, before);
  const stacks = [...(lacking.platform ? [PLATFORM] : []), ...lacking.customers];
  const waiting = stacks.filter((stack) => before.lastOf(stack) !== undefined);
  if (waiting.length > 0) {
    console.log(`plan: not compared, since a change has yet to be deployed there: ${waiting.join(", ")}`);
  }
  return {
    customers: customers.filter((name) => !waiting.includes(name)),
    platform: platform && !waiting.includes(PLATFORM),
    removed,
  };
}

/** Where GitLab is not asked, everything counts as deployed from `base`. */
function deployedFrom(base: string, head: string, changes: readonly FileChange[] | undefined): Deployed {
  const added = changes === undefined ? [] : addedBetween(base, head, CUSTOMER_FILES, REPOSITORY);
  const isNew = (stack: string): boolean => added.some(({ path }) => path === customerFile(stack));
  return {
    lastOf: (stack) => (isNew(stack) ? undefined : { revision: base, isSettled: true }),
    changesSince: () => changes,
    living: [],
  };
}

/** Questions to GitLab at once. */
const AT_ONCE = 8;

/** Who was removed and put back is deployed though nothing differs, or the removal's `destroy` would still take it. */
const CUSTOMER_FILES = ":(glob)customers/*.ts";

async function deployed(names: readonly string[], head: string): Promise<Deployed> {
  const project = projectOfJob();
  const limit = pLimit(AT_ONCE);
  const living = await livingCustomers(project);
  // GitLab's records of a destroyed customer do not apply to one that was restored.
  const asked = [PLATFORM, ...names.filter((name) => living.includes(name))].map((stack) =>
    limit(async () => [stack, await lastOf(project, stack)] as const),
  );
  const last = new Map(await Promise.all(asked));
  const changes = new Map<string, readonly FileChange[] | undefined>();
  return {
    lastOf: (stack) => last.get(stack),
    living,
    changesSince: (revision) => {
      if (!changes.has(revision)) {
        const differing = changedFiles(revision, head, REPOSITORY);
        changes.set(revision, differing && [...differing, ...addedBetween(revision, head, CUSTOMER_FILES, REPOSITORY)]);
      }
      return changes.get(revision);
    },
  };
}

async function lastOf(project: Project, stack: string): Promise<LastDeployment | undefined> {
  const last = await lastDeployed(project, stack);
  if (last === undefined) {
    return undefined;
  }
  const tried = await triedSince(project, stack, last);
  // One that came late found the newer one, and did nothing.
  const isSettled = tried.every(({ status, sha }) => status === "success" || isBefore(sha, last.sha, REPOSITORY));
  return { revision: last.sha, isSettled };
}

/** Names become words of a shell command, and a file of that name may come with any merge request. */
function checkNames(names: readonly string[]): void {
  const wrong = names.find((name) => !/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(name) || name === "platform");
  if (wrong !== undefined) {
    throw mistake(
      `customers/${wrong}.ts: received ${JSON.stringify(wrong)}`,
      "a customer's file name is a lower-case DNS label other than platform",
      "rename the file",
    );
  }
}

function summary({ customers, removed, platform, waves }: Plan): string {
  const list = (names: readonly string[]): string => (names.length === 0 ? "none" : names.join(", "));
  return `plan: customers ${list(customers)}; removed ${list(removed)}; platform ${platform ? "yes" : "no"}; waves ${waves.map((wave) => wave.length).join(", ") || "none"}`;
}

await runCli(() => command.parseAsync(), 2);
