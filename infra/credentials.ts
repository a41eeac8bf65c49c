import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { checkKubeconfig, federatedKubeconfig } from "../constructs/checks/check-kubeconfig.ts";
import { ARGOCD_SERVICE_ACCOUNT } from "../constructs/customer-side/argo-cd-identity.ts";
import { APPS_KUBECONFIG, type GitlabFile, type PulumiSecret } from "../constructs/definition/credential-reference.ts";
import type { CustomerDefinition } from "../constructs/definition/customer-definition.ts";
import { type Problem, ProblemsError, received } from "../constructs/definition/problem.ts";
import { withLines } from "../constructs/definition/written-lines.ts";
import { fingerprints } from "./fingerprint.ts";

/** A customer's credentials in memory, by the name of the file they become in the lane's pods. */
export type Credentials = Readonly<Record<string, string>>;

/**
 * Reads every kubeconfig that a definition refers to and checks it.
 * @throws ProblemsError with everything missing or wrong; it never quotes a credential.
 */
export async function readCredentials(definition: CustomerDefinition, file: string): Promise<Credentials> {
  const problems: Problem[] = [];
  const values: Record<string, string> = {};
  for (const [name, reference] of Object.entries(definition.credentials)) {
    const property = `credentials.${name}`;
    if (reference.kind === "federated") {
      values[name] = federatedKubeconfig(definition);
      continue;
    }
    const value = await read(reference, property, problems);
    if (value === undefined) {
      continue;
    }
    problems.push(...checkKubeconfig(value, definition, name));
    values[name] = value;
  }
  if (problems.length === 0) {
    problems.push(...checkDistinct(values, definition));
  }
  if (problems.length > 0) {
    throw new ProblemsError(file, withLines(definition, problems));
  }
  return values;
}

/** Argo CD's identity has different rights than the lane's: one identity for both would have all of them. */
function checkDistinct(
  { kubeconfig, [APPS_KUBECONFIG]: apps }: Credentials,
  definition: CustomerDefinition,
): Problem[] {
  if (kubeconfig === undefined || apps === undefined) {
    return [];
  }
  const own = fingerprints("compare", definition, kubeconfig);
  if (!fingerprints("compare", definition, apps).some((digest) => own.includes(digest))) {
    return [];
  }
  return [
    {
      property: `credentials.${APPS_KUBECONFIG}`,
      received: "the identity of credentials.kubeconfig",
      rule: "Argo CD has its own identity, which may not do what nights do",
      fix: `issue a token for the service account ${ARGOCD_SERVICE_ACCOUNT}`,
    },
  ];
}

async function read(
  reference: GitlabFile | PulumiSecret,
  property: string,
  problems: Problem[],
): Promise<string | undefined> {
  return reference.kind === "gitlabFile"
    ? readFile(reference.variable, property, problems)
    : await readPulumiSecret(reference.key, property, problems);
}

function readFile(variable: string, property: string, problems: Problem[]): string | undefined {
  const path = process.env[variable];
  const problem = (shown: string, rule: string): undefined => {
    const fix = `define the GitLab CI variable ${variable} of type File for this customer's environment, or export ${variable}=<path of the file>`;
    problems.push({ property, received: shown, rule, fix });
  };
  if (path === undefined || path === "") {
    return problem(`no environment variable ${variable}`, "the variable names the file with the credential");
  }
  let content: string;
  try {
    content = readFileSync(path, "utf8");
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? String(error.code) : "unreadable";
    // A variable of type Variable contains the credential itself, which must not be shown.
    return problem(
      `${variable}, which names no readable file (${reason})`,
      "the variable is of type File: it contains a path",
    );
  }
  if (content.trim() === "") {
    return problem(`${variable}, which names an empty file`, "a credential is not empty");
  }
  return content;
}

async function readPulumiSecret(key: string, property: string, problems: Problem[]): Promise<string | undefined> {
  const value = new pulumi.Config().getSecret(key);
  const content = value === undefined ? undefined : await new Promise<string>((resolve) => void value.apply(resolve));
  if (content === undefined || content.trim() === "") {
    problems.push({
      property,
      received: `no secret ${received(key)} in the stack's configuration`,
      rule: "the stack contains the credential, encrypted",
      fix: `pulumi config set --secret ${key} < <file>`,
    });
    return undefined;
  }
  return content;
}
