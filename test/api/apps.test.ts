import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Pulumi, succeeded } from "../farm/deploy/pulumi.ts";
import { CentralApi, TestAuthority } from "./support.ts";

const SERVER = "https://k8s.alpenkredit.example:6443";
const TOKEN = "canary-token-of-the-nights";
const APPS_TOKEN = "canary-token-of-argo-cd";
const KINDS = "appprojects.argoproj.io,applications.argoproj.io,secrets";

let api: CentralApi;
let pulumi: Pulumi;
let authority: TestAuthority;
let env: Record<string, string>;

beforeAll(async () => {
  api = await CentralApi.start();
  pulumi = await api.pulumi();
  authority = new TestAuthority(api.folder);
  env = {
    CUSTOMER_KUBECONFIG: api.folder.file("nights.kubeconfig", authority.kubeconfig(SERVER, TOKEN)),
    APPS_KUBECONFIG: api.folder.file("apps.kubeconfig", authority.kubeconfig(SERVER, APPS_TOKEN)),
    NIGHTLANE_CUSTOMER_CA_FILE: authority.caFile,
  };
  await pulumi.ensureStack("alpenkredit");
});

afterAll(async () => {
  await api?.stop();
});

/** One value of a Secret. */
async function secretValue(namespace: string, name: string, key: string): Promise<string> {
  const value = await api.kubectl("get", "secret", name, "-n", namespace, "-o", `jsonpath={.data.${key}}`);
  return Buffer.from(value, "base64").toString();
}

describe("the applications of a customer's stack", () => {
  test("are refused while Argo CD would have the identity of the nights", async () => {
    const result = await pulumi.run("alpenkredit", ["up", "--yes", "--skip-preview"], {
      ...env,
      APPS_KUBECONFIG: env.CUSTOMER_KUBECONFIG ?? "",
    });
    expect(result.code).not.toBe(0);
    expect(result.output).toContain("Argo CD has its own identity");
    expect(result.output).not.toContain(TOKEN);
    await expect(api.kubectl("get", "namespace", "customer-alpenkredit")).rejects.toThrow("not found");
  });

  test("are a project, a registered cluster and an Application", async () => {
    const output = await pulumi.up("alpenkredit", env);
    expect(output).not.toContain(APPS_TOKEN);
    expect(await api.names("argocd", KINDS)).toEqual([
      "application.argoproj.io/alpenkredit.pricing-engine",
      "appproject.argoproj.io/customer-alpenkredit",
      "secret/cluster-alpenkredit",
    ]);
  });

  test("give Argo CD its credential, and the nights theirs", async () => {
    const config = JSON.parse(await secretValue("argocd", "cluster-alpenkredit", "config"));
    expect(config).toMatchObject({
      bearerToken: APPS_TOKEN,
      tlsClientConfig: { serverName: "k8s.alpenkredit.example" },
    });
    expect(await secretValue("argocd", "cluster-alpenkredit", "server")).toBe("https://10.64.2.10:6443");
    expect(await secretValue("argocd", "cluster-alpenkredit", "namespaces")).toBe("risk");
    const keys = await api.kubectl(
      "get",
      "secret",
      "credential",
      "-n",
      "customer-alpenkredit",
      "-o",
      "jsonpath={.data}",
    );
    expect(Object.keys(JSON.parse(keys))).toEqual(["kubeconfig"]);
    expect(await secretValue("customer-alpenkredit", "credential", "kubeconfig")).not.toContain(APPS_TOKEN);
  });

  test("leave neither credential in the state, and change nothing at a second up", async () => {
    const state = join(api.folder.path, "pulumi", "state");
    for (const file of readdirSync(state, { recursive: true, encoding: "utf8" }).filter((one) =>
      one.endsWith(".json"),
    )) {
      const content = readFileSync(join(state, file), "utf8");
      for (const secret of [TOKEN, APPS_TOKEN]) {
        expect(content).not.toContain(secret);
        expect(content).not.toContain(Buffer.from(secret).toString("base64"));
      }
    }
    succeeded(await pulumi.run("alpenkredit", ["up", "--yes", "--skip-preview", "--expect-no-changes"], env));
    succeeded(await pulumi.run("alpenkredit", ["refresh", "--yes", "--skip-preview"], env));
    succeeded(await pulumi.run("alpenkredit", ["preview", "--expect-no-changes"], env));
  });

  test("are gone with the stack", async () => {
    succeeded(await pulumi.run("alpenkredit", ["destroy", "--yes", "--skip-preview"], env));
    expect(await api.names("argocd", KINDS)).toEqual([]);
  });
});
