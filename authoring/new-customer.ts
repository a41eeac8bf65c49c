import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { checkCustomer } from "../constructs/checks/check-customer.ts";
import { checkName } from "../constructs/checks/check-name.ts";
import { outdatedAuthorities } from "../constructs/checks/still-to-replace.ts";
import { CUSTOMERS_FOLDER, customerFile, customerNames } from "../constructs/definition/customer-files.ts";
import { mistake, type Problem, ProblemsError, received } from "../constructs/definition/problem.ts";
import {
  Cpu,
  type CustomerDefinition,
  defineCustomer,
  gitlabFile,
  nightly,
  riskApp,
  Size,
  sparkRiskWorkflow,
} from "../constructs/index.ts";
import { collisionsWithOthers } from "./check/near-customers.ts";
import { customerTemplate } from "./customer-template.ts";
import { exampleCa } from "./example-ca.ts";

/** What is known about a new customer; the rest is an example, marked as such in the file. */
export interface NewCustomerOptions {
  /**
   * URL of the API server.
   * @default "https://k8s.<name>.example:6443"
   */
  readonly server?: string;
  /**
   * IPv4 or IPv6 address of the API server.
   * @default - the first of 192.0.2.1 to 192.0.2.254 that no customer file names; this range leads nowhere
   */
  readonly address?: string;
  /**
   * File with the API server's certificate authority, PEM.
   * @default - customers/<name>.pem if that exists, otherwise an example made now, whose key is not kept
   */
  readonly ca?: string;
}

/**
 * Writes customers/<name>.ts and, with its certificate authority, customers/<name>.pem. An existing authority is used
 * and left as it is.
 * @returns the files written, as they are shown to people
 * @throws UserError for a name or an option that the checks would refuse, or an existing customer; then nothing is
 * written.
 */
export async function writeNewCustomer(
  name: string,
  options: NewCustomerOptions = {},
  folder = CUSTOMERS_FOLDER,
): Promise<readonly string[]> {
  refuseName(name, folder);
  const problems: Problem[] = [];
  const authority = join(folder, `${name}.pem`);
  const isThere = existsSync(authority);
  const given = options.ca ?? (isThere ? authority : undefined);
  if (isThere && given !== undefined && resolve(given) !== authority) {
    problems.push(otherAuthority(name, given));
  }
  const cluster = {
    server: options.server ?? `https://k8s.${name}.example:6443`,
    address: options.address ?? freeExampleAddress(folder),
    ca: (given === undefined ? undefined : readCa(given, problems)) ?? exampleCa(name),
  };
  const definition = draft(name, cluster);
  const wrong = [...checkCustomer(definition), ...outdatedAuthorities(definition)];
  problems.push(...wrong, ...(wrong.length === 0 ? await collisionsWithOthers(definition, folder) : []));
  if (problems.length > 0) {
    throw new ProblemsError(`new customer ${name}`, problems);
  }
  const replace = { server: options.server, address: options.address, ca: given };
  const examples = Object.entries(replace).flatMap(([property, given]) => (given === undefined ? [property] : []));
  // The file system refuses an existing file too, in case another process is writing it right now.
  writeFileSync(join(folder, `${name}.ts`), customerTemplate({ name, ...cluster, examples }), { flag: "wx" });
  if (isThere) {
    return [customerFile(name)];
  }
  writeFileSync(authority, cluster.ca, { flag: "wx" });
  return [customerFile(name), authorityFile(name)];
}

function authorityFile(name: string): string {
  return `customers/${name}.pem`;
}

function otherAuthority(name: string, given: string): Problem {
  return {
    property: "--ca",
    received: `${received(given)}, and ${authorityFile(name)} exists already`,
    rule: "a new customer never overwrites a file",
    fix: `leave --ca out to use the authority in ${authorityFile(name)}, or move that file away`,
  };
}

function refuseName(name: string, folder: string): void {
  const problems = checkName(name);
  if (problems.length > 0) {
    throw new ProblemsError(`new customer ${received(name)}`, problems);
  }
  const existing = customerNames(folder).find((other) => other.toLowerCase() === name);
  if (existing !== undefined) {
    throw mistake(
      `${customerFile(existing)}: exists already`,
      "a new customer never overwrites another one's file",
      `choose another name, or edit ${customerFile(existing)}`,
    );
  }
}

/** TEST-NET-1 is reserved for documentation. Two customers must not share an address, not even as an example. */
function freeExampleAddress(folder: string): string {
  const files = readdirSync(folder).filter((file) => file.endsWith(".ts"));
  const used = new Set(
    files.flatMap((file) => readFileSync(join(folder, file), "utf8").match(/\b192\.0\.2\.\d+\b/g) ?? []),
  );
  const addresses = Array.from({ length: 254 }, (_, index) => `192.0.2.${index + 1}`);
  const free = addresses.find((address) => !used.has(address));
  if (free === undefined) {
    throw mistake(
      "--address: received nothing, and all example addresses are taken",
      "no two customers share an address",
      "name the customer's with --address",
    );
  }
  return free;
}

function readCa(file: string, problems: Problem[]): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    problems.push({
      property: "--ca",
      received: `${received(file)}: ${error instanceof Error ? error.message : String(error)}`,
      rule: "a file with the API server's certificate authority, PEM",
      fix: "name a file that can be read, or leave the option out for an example",
    });
    return undefined;
  }
}

/** The new customer with the smallest possible night: only its name and cluster are checked. */
function draft(name: string, cluster: { server: string; address: string; ca: string }): CustomerDefinition {
  return defineCustomer({
    name,
    cluster: { ...cluster, capacity: { cpu: Cpu.units(8), memory: Size.gibibytes(32) } },
    credentials: { kubeconfig: gitlabFile("CUSTOMER_KUBECONFIG") },
    workflow: sparkRiskWorkflow({
      schedule: nightly("22:00", { timezone: "Europe/Berlin" }),
      steps: (night) => void night.spark("var-es", { app: riskApp("var_es.py") }),
    }),
  });
}
