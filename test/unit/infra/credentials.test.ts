import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ProblemsError } from "../../../constructs/definition/problem.ts";
import { gitlabFile, pulumiSecret } from "../../../constructs/index.ts";
import { readCredentials } from "../../../infra/credentials.ts";
import { testCustomer } from "../../support/customer.ts";
import { CANARY, kubeconfig } from "../../support/kubeconfig.ts";

/** The kubeconfig of another identity. */
const APPS = kubeconfig({ user: { token: `apps-${CANARY}` } });
const FILE = "customers/testbank.ts";
const definition = testCustomer({
  credentials: { kubeconfig: gitlabFile("TEST_KUBECONFIG"), appsKubeconfig: gitlabFile("TEST_APPS") },
});
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nightlane-credentials-"));
  vi.stubEnv("TEST_KUBECONFIG", file("kubeconfig", kubeconfig()));
  vi.stubEnv("TEST_APPS", file("apps", APPS));
});

afterEach(() => {
  vi.unstubAllEnvs();
  pulumi.runtime.setAllConfig({});
  rmSync(folder, { recursive: true });
});

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function problemsOf(customer = definition): Promise<string> {
  const error: unknown = await readCredentials(customer, FILE).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ProblemsError);
  const text = error instanceof Error ? error.message : "";
  expect(text).not.toContain(CANARY);
  return text;
}

describe("readCredentials", () => {
  test("reads the files that the variables name", async () => {
    expect(await readCredentials(definition, FILE)).toEqual({ kubeconfig: kubeconfig(), appsKubeconfig: APPS });
  });

  test.each([undefined, ""])("tells a variable that is %j", async (value) => {
    vi.stubEnv("TEST_APPS", value);
    expect(await problemsOf()).toBe(
      [
        "customers/testbank.ts: 1 problem",
        "  credentials.appsKubeconfig: received no environment variable TEST_APPS",
        "    rule: the variable names the file with the credential",
        "    fix: define the GitLab CI variable TEST_APPS of type File for this customer's environment, or export TEST_APPS=<path of the file>",
      ].join("\n"),
    );
  });

  test("tells a variable that holds the credential itself, without showing it", async () => {
    vi.stubEnv("TEST_APPS", CANARY);
    expect(await problemsOf()).toMatch(
      /credentials\.appsKubeconfig: received TEST_APPS, which names no readable file \(ENOENT\)\n {4}rule: the variable is of type File.*fix: define/s,
    );
  });

  test("tells a variable that names a folder", async () => {
    vi.stubEnv("TEST_APPS", folder);
    expect(await problemsOf()).toContain("which names no readable file (EISDIR)");
  });

  test.each(["", " \n"])("tells an empty file: %j", async (content) => {
    file("apps", content);
    expect(await problemsOf()).toMatch(/TEST_APPS, which names an empty file\n {4}rule: a credential is not empty/);
  });

  test("tells every credential that is missing or wrong at once", async () => {
    vi.stubEnv("TEST_APPS", undefined);
    file("kubeconfig", kubeconfig({ user: { token: undefined, exec: { env: CANARY } } }));
    expect(await problemsOf()).toMatch(
      /^customers\/testbank\.ts: 3 problems\n {2}credentials\.kubeconfig: users.*credentials\.kubeconfig: users.*credentials\.appsKubeconfig/s,
    );
  });
});

describe("a Pulumi secret", () => {
  const customer = testCustomer({ credentials: { kubeconfig: pulumiSecret("kubeconfig") } });
  const key = `${pulumi.getProject()}:kubeconfig`;

  test("is read from the stack's configuration", async () => {
    pulumi.runtime.setAllConfig({ [key]: kubeconfig() }, [key]);
    expect(await readCredentials(customer, FILE)).toEqual({ kubeconfig: kubeconfig() });
  });

  test.each([{}, { [key]: " " }])("that is missing or empty is reported", async (config) => {
    pulumi.runtime.setAllConfig(config);
    expect(await problemsOf(customer)).toMatch(
      /credentials\.kubeconfig: received no secret "kubeconfig" in the stack's configuration\n {4}rule: .*\n {4}fix: pulumi config set --secret kubeconfig < <file>/,
    );
  });

  test("is checked like a file", async () => {
    pulumi.runtime.setAllConfig({ [key]: kubeconfig({ cluster: { server: "https://other.example" } }) }, [key]);
    expect(await problemsOf(customer)).toContain("clusters[0].cluster.server");
  });
});
