import { Command } from "commander";
import { runCli } from "../constructs/definition/run-cli.ts";
import { accessFacts } from "../isolation/access/access-facts.ts";
import { compareAccess } from "../isolation/diff/compare.ts";
import { type DiffResult, diffJson, diffText, widensUnanswered } from "../isolation/diff/report.ts";
import { readSide } from "../isolation/diff/sources.ts";
import { widenings } from "../isolation/diff/widening.ts";
import { viewEstate } from "../isolation/model/view.ts";
import { RULES } from "../isolation/rules/registry.ts";
import { readWaivers, today, WAIVERS_FILE, WaiverBook } from "../isolation/waivers.ts";

const EXAMPLES = `
Examples:
  npm run isolation:diff -- origin/main HEAD          what the branch opens, commit against commit
  npm run isolation:diff -- origin/main               the working tree as it is against a commit
  npm run isolation:diff -- old/dist dist             two folders that cdk8s synth wrote
  npm run --silent isolation:diff -- origin/main HEAD --json

Exit status: 0 access does not widen, or each widening is waived; 1 it widens; 2 it could not be compared.
A waived widening is in isolation/waivers.json: rule "widening", object the line as printed.`;

const command = new Command("isolation:diff")
  .description("What does this change open? Compares who may do what before and after, for a merge request.")
  .argument("<base>", "git revision or folder before the change")
  .argument("[head]", "git revision or folder after it (default: the working tree)")
  .option("--waivers <file>", "waivers to apply (default: isolation/waivers.json)")
  .option("--json", "print the comparison as JSON")
  .addHelpText("after", EXAMPLES)
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .action((baseName: string, headName: string | undefined, options: { waivers?: string; json?: boolean }) => {
    const known = RULES.map(({ number }) => number);
    const book = new WaiverBook(readWaivers(options.waivers ?? WAIVERS_FILE, known), today());
    const base = readSide(baseName);
    const head = readSide(headName);
    const change = compareAccess(base.estate, head.estate);
    const customers = head.estate.customers.length;
    const wider = widenings(change, accessFacts(viewEstate(base.estate)), customers, book);
    const result: DiffResult = {
      base: base.label,
      head: head.label,
      customers,
      change,
      widenings: wider,
      unusedWaivers: book.unused.filter(({ rule }) => rule === "widening"),
    };
    process.stdout.write(options.json === true ? diffJson(result) : `${diffText(result)}\n`);
    process.exitCode = widensUnanswered(result) ? 1 : 0;
  });

await runCli(() => command.parseAsync(), 2);
