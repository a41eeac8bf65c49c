import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CommandResult } from "../farm/command.ts";
import { type Pulumi, succeeded } from "../farm/deploy/pulumi.ts";
import { CentralApi, projectCopy, TestAuthority } from "./support.ts";

const SERVER = "https://k8s.nordbank.example:6443";

let api: CentralApi;
let pulumi: Pulumi;
let authority: TestAuthority;
let twinFile: string;
let twinSource: string;

beforeAll(async () => {
  api = await CentralApi.start();
  authority = new TestAuthority(api.folder);
  const project = projectCopy(api.folder, "twins");
  // A second customer whose file names the first one's cluster: copied and not thought through.
  const source = readFileSync(join(project, "customers", "nordbank.ts"), "utf8");
  twinSource = source.replace('name: "nordbank"', 'name: "twin"');
  twinFile = join(project, "customers", "twin.ts");
  writeFileSync(twinFile, twinSource);
  pulumi = await api.pulumi(project);
  await pulumi.ensureStack("nordbank");
  await pulumi.ensureStack("twin");
});

afterAll(async () => {
  await api?.stop();
});

describe("one credential, one customer (invariant 11)", () => {
  test("notes the identity and the credential of the first customer, telling nothing about either", async () => {
    await pulumi.up("nordbank", credential("first"));
    // The identity at its address, under its authority, and the credential itself.
    const names = await fingerprintNames();
    expect(names).toHaveLength(3);
    for (const name of names) {
      expect(name).toMatch(/^configmap\/fingerprint-[0-9a-f]{64}$/);
    }
    const owners = await fingerprints("jsonpath={.items[*].data.customer}");
    expect(owners).toBe("nordbank nordbank nordbank");
  });

  test("refuses the same credential for a second customer, of which nothing is deployed", async () => {
    await expectRefused(await up("twin", credential("first")));
  });

  test("refuses another token of the same identity", async () => {
    await expectRefused(await up("twin", credential("first", "another")));
  });

  test("refuses the same token at another address", async () => {
    writeFileSync(twinFile, twinSource.replace('address: "10.64.1.10"', 'address: "10.64.9.10"'));
    await expectRefused(await up("twin", credential("first")));
    writeFileSync(twinFile, twinSource);
  });

  test("keeps what the first customer has, and lets it rotate its token", async () => {
    const before = await fingerprintsOf("nordbank");
    succeeded(await up("nordbank", credential("first"), "--expect-no-changes"));
    await pulumi.up("nordbank", credential("first", "rotated"));
    const after = await fingerprintsOf("nordbank");
    expect(after).toHaveLength(3);
    expect(after.filter((name) => before.includes(name))).toHaveLength(2);
  });

  test("lets a credential go with its customer, and then be another's (17)", async () => {
    succeeded(await pulumi.run("nordbank", ["destroy", "--yes", "--skip-preview"], credential("first")));
    expect(await fingerprintsOf("nordbank")).toEqual([]);
    const left = await api.kubectl(
      "get",
      "secret,rolebinding,configmap",
      "-A",
      "-l",
      "nightlane/customer=nordbank",
      "-o",
      "name",
    );
    expect(left.trim()).toBe("");
    await pulumi.up("twin", credential("first"));
    expect(await fingerprintsOf("twin")).toHaveLength(3);
  });
});

describe("the key of the fingerprints", () => {
  test.each([
    ["missing", { FINGERPRINT_KEY: "" }, "received nothing"],
    ["no file", { FINGERPRINT_KEY: "/nowhere/key" }, "names no readable file (ENOENT)"],
  ])("is %s: says so and deploys nothing", async (_, env, said) => {
    const result = await up("nordbank", { ...credential("first"), ...env });
    expect(result.code).not.toBe(0);
    expect(result.output).toContain("FINGERPRINT_KEY");
    expect(result.output).toContain(said);
    expect(result.output).toContain("fix: ");
    await expect(api.kubectl("get", "namespace", "customer-nordbank")).rejects.toThrow("not found");
  });

  test("is too short: says so, and does not quote it", async () => {
    const file = api.folder.file("short.key", "guess-me");
    const result = await up("nordbank", { ...credential("first"), FINGERPRINT_KEY: file });
    expect(result.output).toContain("at least 32 characters");
    expect(result.output).not.toContain("guess-me");
  });
});

/** Environment with a service account token of an identity; the same identity may have many. */
function credential(identity: string, issue = "once"): Record<string, string> {
  const part = (content: object): string => Buffer.from(JSON.stringify(content)).toString("base64url");
  const claims = { iss: "https://issuer.example", sub: `system:serviceaccount:risk:${identity}`, jti: issue };
  const token = `${part({ alg: "none" })}.${part(claims)}.signature`;
  const name = `${identity}-${issue}.kubeconfig`;
  return {
    CUSTOMER_KUBECONFIG: api.folder.file(name, authority.kubeconfig(SERVER, token)),
    NIGHTLANE_CUSTOMER_CA_FILE: authority.caFile,
  };
}

async function up(stack: string, env: Record<string, string>, ...more: readonly string[]): Promise<CommandResult> {
  return pulumi.run(stack, ["up", "--yes", "--skip-preview", ...more], env);
}

async function expectRefused(result: CommandResult): Promise<void> {
  expect(result.code).not.toBe(0);
  expect(result.output).toContain("fingerprint-");
  expect(result.output).toMatch(/conflict|immutable/i);
  await expect(api.kubectl("get", "namespace", "customer-twin")).rejects.toThrow("not found");
  const lane = await api.kubectl(
    "get",
    "secret,rolebinding,networkpolicy,workflowtemplate",
    "-A",
    "-l",
    "nightlane/customer=twin",
    "-o",
    "name",
  );
  expect(lane.trim()).toBe("");
}

async function fingerprints(output: string, ...selector: readonly string[]): Promise<string> {
  return api.kubectl(
    "get",
    "configmap",
    "-n",
    "nightlane-system",
    "-l",
    "nightlane/customer",
    ...selector,
    "-o",
    output,
  );
}

async function fingerprintNames(): Promise<readonly string[]> {
  return (await fingerprints("name")).split("\n").filter((line) => line !== "");
}

async function fingerprintsOf(customer: string): Promise<readonly string[]> {
  const printed = await fingerprints("name", "-l", `nightlane/customer=${customer}`);
  return printed.split("\n").filter((line) => line !== "");
}
