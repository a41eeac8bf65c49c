import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { farmCommand } from "../farm/farm-command.ts";
import { repositoryRoot } from "../farm/paths.ts";
import { cacheRoot } from "../farm/tools/cache.ts";
import { certificate } from "../support/certificates.ts";
import { readSection } from "./deploy-guide/guide.ts";
import { Shell } from "./deploy-guide/shell.ts";
import { AUTHOR, cloneCheckout } from "./pipeline/checkout-clone.ts";

/** The README's way to a new customer, command by command on a clean clone, with its own sample as the customer's file. */
const text = readFileSync(join(repositoryRoot, "README.md"), "utf8");
const blocks = readSection(text, "Add a customer in five minutes");
const CUSTOMER = "seebank";
const scratch = mkdtempSync(join(tmpdir(), "nightlane-readme-"));
const clone = join(scratch, "clone");
let shell: Shell;

beforeAll(() => {
  cloneCheckout(join(scratch, "origin.git"), clone);
  // The packages of the checkout, which a clone does not have.
  rmSync(join(clone, "node_modules"));
  const sample = /```ts\n([\s\S]*?) *```/.exec(text)?.[1]?.replaceAll(/^ {3}/gm, "") ?? "";
  writeFileSync(join(clone, "customers", `${CUSTOMER}.ts`), sample);
  writeFileSync(join(clone, "customers", `${CUSTOMER}.pem`), certificate("valid"));
  shell = new Shell(scratch, clone, { ...ofAPerson(), ...AUTHOR, LANG: "C.UTF-8" });
});

afterAll(async () => {
  // In the shell of the blocks, unless one of them has ended it.
  await shell?.run(`pulumi destroy --stack ${CUSTOMER} --yes`).catch(() => undefined);
  shell?.end();
  await farmCommand("remove", CUSTOMER);
  rmSync(scratch, { recursive: true, force: true });
});

/** What a person's shell on this machine has, proxies included: nothing of this test's own, nor the checkout's programs. */
function ofAPerson(): Readonly<Record<string, string>> {
  const { PATH = "", ...rest } = process.env;
  const own = /^(VITEST|NODE_ENV$|NODE_OPTIONS$|TEST$|MODE$|DEV$|PROD$|SSR$|BASE_URL$|CI$|PULUMI_|NIGHTLANE_(?!FARM$))/;
  const kept = Object.entries(rest).flatMap(([name, value = ""]) => (own.test(name) ? [] : [[name, value] as const]));
  const programs = PATH.split(delimiter).filter((folder) => !folder.startsWith(repositoryRoot));
  return { ...Object.fromEntries(kept), PATH: programs.join(delimiter), NIGHTLANE_CACHE: cacheRoot() };
}

test.each(blocks.map(({ commands }) => commands.replaceAll("<name>", CUSTOMER)))("%s", async (commands) => {
  const printed = await shell.run(commands);
  process.stdout.write(`${printed}\n`);
  if (commands.includes("show")) {
    expect(printed).toMatch(/Succeeded/);
  }
});
