import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeNewCustomer } from "../../authoring/new-customer.ts";
import { type Pulumi, succeeded } from "../farm/deploy/pulumi.ts";
import { until } from "../farm/wait.ts";
import { CentralApi, projectCopy, TestAuthority } from "./support.ts";

const TOKEN = "canary-token-of-nordbank";
const SERVER = "https://k8s.nordbank.example:6443";
const LANE = "customer-nordbank";
const KINDS =
  "resourcequota,limitrange,networkpolicy,serviceaccount,role,rolebinding,secret,persistentvolumeclaim,workflowtemplate,cronworkflow";

let api: CentralApi;
let pulumi: Pulumi;
let env: Record<string, string>;
let authority: TestAuthority;

beforeAll(async () => {
  api = await CentralApi.start();
  pulumi = await api.pulumi();
  authority = new TestAuthority(api.folder);
  env = {
    CUSTOMER_KUBECONFIG: api.folder.file("nordbank.kubeconfig", authority.kubeconfig(SERVER, TOKEN)),
    NIGHTLANE_CUSTOMER_CA_FILE: authority.caFile,
  };
});

afterAll(async () => {
  await api?.stop();
});

describe("a customer's stack on a real API server", () => {
  test("previews without touching the cluster and without showing a credential", async () => {
    await pulumi.ensureStack("nordbank");
    const preview = succeeded(await pulumi.run("nordbank", ["preview", "--json"], env));
    expect(preview).toContain("WorkflowTemplate");
    expectNoCredential(preview);
    await expect(api.kubectl("get", "namespace", LANE)).rejects.toThrow("not found");
  });

  test("is taken back from a deployment that was killed", async () => {
    const deployment = pulumi.run("nordbank", ["up", "--yes", "--skip-preview"], env);
    const locks = join(api.folder.path, "pulumi", "state", ".pulumi", "locks");
    await until({ what: "the deployment holds its stack", limitSeconds: 60 }, async () => heldBy(locks) !== undefined);
    process.kill(heldBy(locks) ?? 0, "SIGKILL");
    expect((await deployment).code).not.toBe(0);
    const refused = await pulumi.run("nordbank", ["up", "--yes", "--skip-preview"], env);
    expect(refused.output).toContain("the stack is currently locked");
    await pulumi.up("nordbank", env);
  });

  test("deploys every object of the lane, the credential only into its Secret", async () => {
    const output = await pulumi.up("nordbank", env);
    expectNoCredential(output);
    const names = await api.names(LANE, KINDS);
    expect(names).toEqual(
      expect.arrayContaining([
        "cronworkflow.argoproj.io/night",
        "networkpolicy.networking.k8s.io/default-deny",
        "persistentvolumeclaim/results",
        "resourcequota/lane",
        "secret/credential",
        "serviceaccount/executor",
      ]),
    );
    expect(await deployedKubeconfig()).toBe(readFileSync(env.CUSTOMER_KUBECONFIG ?? "", "utf8"));
  });

  test("keeps credentials in the state only encrypted", () => {
    const state = join(api.folder.path, "pulumi", "state");
    const files = readdirSync(state, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".json"));
    const stack = files.find((file) => file.endsWith("stacks/nightlane/nordbank.json"));
    expect(readFileSync(join(state, stack ?? ""), "utf8")).toContain("ciphertext");
    for (const file of files) {
      expectNoCredential(readFileSync(join(state, file), "utf8"));
    }
  });

  test("changes nothing at a second up, nor after a refresh", async () => {
    succeeded(await pulumi.run("nordbank", ["up", "--yes", "--skip-preview", "--expect-no-changes"], env));
    succeeded(await pulumi.run("nordbank", ["refresh", "--yes", "--skip-preview"], env));
    succeeded(await pulumi.run("nordbank", ["preview", "--expect-no-changes"], env));
  });

  test("updates the schedule alone when only the schedule changes, and keeps an older template when the night does", async () => {
    const project = projectCopy(api.folder, "changed");
    const file = join(project, "customers", "nordbank.ts");
    const source = readFileSync(file, "utf8");
    const changed = await api.pulumi(project);
    const before = await api.names(LANE, "workflowtemplate");
    writeFileSync(file, source.replace('nightly("22:30"', 'nightly("23:15"'));
    await changed.up("nordbank", env);
    expect(await api.kubectl("get", "cronworkflow", "night", "-n", LANE, "-o", "jsonpath={.spec.schedules[0]}")).toBe(
      "15 23 * * *",
    );
    expect(await api.names(LANE, "workflowtemplate")).toEqual(before);
    writeFileSync(file, source.replace("executors: 2", "executors: 3"));
    await changed.up("nordbank", env);
    const after = await api.names(LANE, "workflowtemplate");
    expect(after).toHaveLength(before.length + 1);
    expect(after).toEqual(expect.arrayContaining([...before]));
  });

  test("takes a credential from the stack's own secrets where the definition says so", async () => {
    const project = projectCopy(api.folder, "pulumi-secret");
    const file = join(project, "customers", "nordbank.ts");
    const source = readFileSync(file, "utf8")
      .replace('gitlabFile("CUSTOMER_KUBECONFIG")', 'pulumiSecret("kubeconfig")')
      .replace("gitlabFile,", "pulumiSecret,");
    writeFileSync(file, source);
    const configured = await api.pulumi(project);
    const missing = await configured.run("nordbank", ["up", "--yes", "--skip-preview"], env);
    expect(missing.code).not.toBe(0);
    expect(missing.output).toContain("pulumi config set --secret kubeconfig");
    const rotated = authority.kubeconfig(SERVER, "rotated-token");
    succeeded(await configured.run("nordbank", ["config", "set", "--secret", "kubeconfig", rotated]));
    expect(await configured.up("nordbank", env)).not.toContain("rotated-token");
    expect((await deployedKubeconfig()).trim()).toBe(rotated.trim());
  });

  test("refuses another class, or a smaller size, for the volume that has results in it", async () => {
    const claim = ["get", "persistentvolumeclaim", "results", "-n", LANE, "-o", "jsonpath={.metadata.uid}"] as const;
    const before = await api.kubectl(...claim);
    const project = projectCopy(api.folder, "another-volume");
    const file = join(project, "customers", "nordbank.ts");
    const source = readFileSync(file, "utf8");
    const lane = 'lane: { resultsStorageClass: "other-class", resultsSize: Size.gibibytes(1) },';
    expect(source).toMatch(/^ {2}credentials: /m);
    writeFileSync(
      file,
      source.replace(/^ {2}lane: .*$/m, "").replace(/^ {2}credentials: /m, `  ${lane}\n  credentials: `),
    );
    const changed = await api.pulumi(project);
    for (const command of [["preview"], ["up", "--yes", "--skip-preview"]]) {
      const refused = await changed.run("nordbank", command, env);
      expect(refused.code).not.toBe(0);
      expect(refused.output).toContain('lane.resultsStorageClass: received "other-class"');
      expect(refused.output).toContain("lane.resultsSize: received 1 GiB");
      expect(refused.output).toContain("its results lost");
    }
    expect(await api.kubectl(...claim)).toBe(before);
  });

  test("destroys the stack and leaves nothing behind", async () => {
    succeeded(await pulumi.run("nordbank", ["destroy", "--yes", "--skip-preview"], env));
    await expect(api.kubectl("get", "namespace", LANE)).rejects.toThrow("not found");
    const everywhere = await api.kubectl("get", KINDS, "-A", "-l", "nightlane/customer=nordbank", "-o", "name");
    expect(everywhere.trim()).toBe("");
  });
});

describe("what a person can get wrong", () => {
  const attempts: readonly [string, string, () => Record<string, string>, readonly string[]][] = [
    ["an unknown stack", "nordbnak", () => env, ["nordbnak", "no such file", "use nordbank"]],
    [
      "a missing variable",
      "nordbank",
      () => without("CUSTOMER_KUBECONFIG"),
      ["customers/nordbank.ts", "credentials.kubeconfig", "CUSTOMER_KUBECONFIG"],
    ],
    [
      "an empty file",
      "nordbank",
      () => ({ ...env, CUSTOMER_KUBECONFIG: api.folder.file("empty", "\n") }),
      ["credentials.kubeconfig", "empty file"],
    ],
    [
      "a kubeconfig that is none",
      "nordbank",
      () => ({ ...env, CUSTOMER_KUBECONFIG: api.folder.file("none", "[]") }),
      ["credentials.kubeconfig", "a kubeconfig"],
    ],
    [
      "a kubeconfig for another server",
      "nordbank",
      () => kubeconfig(authority.kubeconfig("https://k8s.alpenkredit.example:6443", TOKEN)),
      ["clusters[0].cluster.server", "https://k8s.nordbank.example:6443"],
    ],
    [
      "a kubeconfig with an exec plugin",
      "nordbank",
      () => kubeconfig(authority.kubeconfig("https://k8s.nordbank.example:6443", TOKEN, { exec: { command: "aws" } })),
      ["users[0].user.exec"],
    ],
    [
      "a file that is still an example",
      "unfinished",
      () => without("NIGHTLANE_CUSTOMER_CA_FILE"),
      ["customers/unfinished.ts", "cluster.address", "cluster.ca", "nothing marked REPLACE"],
    ],
  ];

  beforeAll(async () => {
    const project = projectCopy(api.folder, "unfinished");
    await writeNewCustomer("unfinished", {}, join(project, "customers"));
    pulumi = await api.pulumi(project);
  });

  test.each(attempts)("%s: says so, and deploys nothing", async (_, stack, environment, said) => {
    await pulumi.ensureStack(stack);
    const result = await pulumi.run(stack, ["up", "--yes", "--skip-preview"], environment());
    expect(result.code).not.toBe(0);
    for (const text of said) {
      expect(result.output).toContain(text);
    }
    expectNoCredential(result.output);
    expect(result.output).not.toMatch(/^\s+at .*\.ts:\d+/m);
    await expect(api.kubectl("get", "namespace", LANE)).rejects.toThrow("not found");
  });

  test("tells everything wrong with a file at once", async () => {
    await pulumi.ensureStack("alpenkredit");
    const result = await pulumi.run("alpenkredit", ["up", "--yes", "--skip-preview"], {
      NIGHTLANE_CUSTOMER_CA_FILE: authority.caFile,
    });
    expect(result.output).toContain("credentials.kubeconfig");
    expect(result.output).toContain("credentials.appsKubeconfig");
  });

  function without(variable: string): Record<string, string> {
    return Object.fromEntries(Object.entries(env).filter(([name]) => name !== variable));
  }

  function kubeconfig(content: string): Record<string, string> {
    return { ...env, CUSTOMER_KUBECONFIG: api.folder.file("wrong.kubeconfig", content) };
  }
});

/** The lane's credential. */
async function deployedKubeconfig(): Promise<string> {
  const data = await api.kubectl("get", "secret", "credential", "-n", LANE, "-o", "jsonpath={.data.kubeconfig}");
  return Buffer.from(data, "base64").toString();
}

function expectNoCredential(text: string): void {
  expect(text).not.toContain(TOKEN);
  expect(text).not.toContain(Buffer.from(TOKEN).toString("base64"));
}

/** The process that holds a lock of the file backend; undefined if there is none, or none that is written to its end. */
function heldBy(locks: string): number | undefined {
  const files = existsSync(locks) ? readdirSync(locks, { recursive: true, encoding: "utf8" }) : [];
  const lock = files.find((file) => file.endsWith(".json"));
  const content = lock === undefined ? "" : readFileSync(join(locks, lock), "utf8");
  return content === "" ? undefined : JSON.parse(content).pid;
}
