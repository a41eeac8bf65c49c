import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { checkCustomer } from "../checks/check-customer.ts";
import { checkName, suggestName } from "../checks/check-name.ts";
import { evaluateFile } from "../evaluation/evaluate-file.ts";
import { nearName } from "../form/near-name.ts";
import { asDefinition, type CustomerDefinition } from "./customer-definition.ts";
import { mistake, type Problem, ProblemsError, received } from "./problem.ts";
import { REPORTED } from "./reported.ts";
import { rememberFile, withLines } from "./written-lines.ts";

/** Folder of the customer files. Tests name another one in NIGHTLANE_CUSTOMERS. */
export const CUSTOMERS_FOLDER = resolve(
  process.env.NIGHTLANE_CUSTOMERS || fileURLToPath(new URL("../../customers", import.meta.url)),
);

/** Names of all customers, from the files' names alone: no file is loaded. */
export function customerNames(folder = CUSTOMERS_FOLDER): readonly string[] {
  const files = readFolder(folder);
  refuseOtherEndings(files);
  const names = files
    .filter((file) => file.endsWith(".ts"))
    .map((file) => basename(file, ".ts"))
    .sort();
  const clash = names.find(
    (name, index) => names.findIndex((other) => other.toLowerCase() === name.toLowerCase()) !== index,
  );
  if (clash !== undefined) {
    const rule = "one file per customer, on every file system";
    const shown = "a name that differs from another file's only in case";
    throw new ProblemsError(customerFile(clash), [
      { property: "(file)", received: shown, rule, fix: "remove one of the two" },
    ]);
  }
  return names;
}

function readFolder(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    throw mistake(
      `${folder}: received ${existsSync(folder) ? "something that is not a readable folder" : "a folder that does not exist"}`,
      "the folder of the customer files",
      folder === resolve(process.env.NIGHTLANE_CUSTOMERS ?? "/")
        ? "correct NIGHTLANE_CUSTOMERS, or unset it for customers/"
        : "name another one",
    );
  }
}

/** Otherwise nobody would notice that a file with another ending is ignored until its first night does not start. */
function refuseOtherEndings(files: readonly string[]): void {
  const other = files.find((file) => /\.[cm]?[jt]sx?$/i.test(file) && !file.endsWith(".ts"));
  if (other === undefined) {
    return;
  }
  const name = suggestName(other.slice(0, other.lastIndexOf(".")));
  throw new ProblemsError(`customers/${other}`, [
    {
      property: "(file)",
      received: `the ending ${received(other.slice(other.lastIndexOf(".")))}`,
      rule: "a customer is a file customers/<name>.ts: no other is read",
      fix: `rename it to ${customerFile(name)}, or move it elsewhere if it is not a customer`,
    },
  ]);
}

/** Name of a customer's file as it is shown to people. */
export function customerFile(name: string): string {
  return `customers/${name}.ts`;
}

/**
 * Loads one customer's file, and only that: the cost does not depend on how many there are.
 * @throws UserError for an unknown name or a file that is not a customer definition.
 */
export async function loadCustomer(name: string, folder = CUSTOMERS_FOLDER): Promise<CustomerDefinition> {
  const file = findFile(name, folder);
  const { made, problems } = await evaluateFile(file, customerFile(name));
  if (made === undefined) {
    throw new ProblemsError(customerFile(name), problems);
  }
  const definition = asDefinition(made);
  rememberFile(definition, file);
  const isNamed = definition.name === name;
  if (!isNamed || problems.length > 0) {
    const checked = checkCustomer(definition, problems.length > 0);
    const found = [
      ...problems,
      ...(isNamed || (definition.name as unknown) === REPORTED ? [] : [otherName(name, definition)]),
      ...(isNamed ? checked : checked.filter(({ property }) => property !== "name")),
    ];
    throw new ProblemsError(customerFile(name), withLines(definition, found));
  }
  return definition;
}

function otherName(name: string, definition: CustomerDefinition): Problem {
  const rename =
    typeof definition.name === "string" && checkName(definition.name).length === 0
      ? `, or rename the file to ${customerFile(definition.name)}`
      : "";
  return {
    property: "name",
    received: received(definition.name),
    rule: "the same as the file's name, so that no two files can declare one customer",
    fix: `write ${received(name)}${rename}`,
  };
}

function findFile(name: string, folder: string): string {
  const file = join(folder, `${name}.ts`);
  if (checkName(name).length === 0 && existsSync(file) && statSync(file).isFile()) {
    return file;
  }
  const known = customerNames(folder);
  const problem = (received: string, rule: string, fix: string): ProblemsError =>
    new ProblemsError(/^[\w.-]+$/.test(name) ? customerFile(name) : customerFile("<name>"), [
      { property: "(file)", received, rule, fix },
    ]);
  if (!known.includes(name)) {
    const plain = name.replace(/^customers\//, "").replace(/\.ts$/, "");
    const near = known.includes(plain) ? plain : nearName(name, known);
    const write = checkName(plain).length === 0 ? `, or write ${customerFile(plain)}` : "";
    throw problem(
      `the name ${received(name)}, and no such file`,
      "a customer is a file customers/<name>.ts",
      near === undefined ? `use one of ${known.join(", ") || "(none yet)"}${write}` : `use ${near}${write}`,
    );
  }
  const [misnamed] = checkName(name);
  if (misnamed !== undefined) {
    const fix = `rename the file to ${customerFile(suggestName(name))}, or move it elsewhere if it is not a customer`;
    throw problem(received(name), `a file is named after its customer: ${misnamed.rule}`, fix);
  }
  if (!existsSync(file)) {
    throw problem(
      "a link to a file that does not exist",
      "a customer file can be read",
      "add the file, or remove the link",
    );
  }
  if (!statSync(file).isFile()) {
    throw problem("a folder, or something else that is not a file", "a customer is a file", "move it elsewhere");
  }
  return file;
}
