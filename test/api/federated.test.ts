import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { parse, stringify } from "yaml";
import { federatedKubeconfig } from "../../constructs/checks/check-kubeconfig.ts";
import { centralCluster } from "../../constructs/checks/read-central.ts";
import { authenticationConfiguration } from "../../constructs/customer-side/authentication.ts";
import type { CustomerDefinition } from "../../constructs/definition/customer-definition.ts";
import { customerFile, loadCustomer } from "../../constructs/definition/customer-files.ts";
import { deployerName } from "../../constructs/deployer/deployer.ts";
import { federated } from "../../constructs/index.ts";
import { federatedAudience } from "../../constructs/lane/federation.ts";
import { type CustomerManifests, synthesize } from "../../constructs/synthesize.ts";
import { withFederatedToken } from "../../infra/preflight/federated-token.ts";
import { preflight } from "../../infra/preflight/preflight.ts";
import { removeRemoteJobs, signIn } from "../../pipeline/remote-jobs.ts";
import { type ApiServer, startApiServer } from "../farm/api-server.ts";
import { runCommand } from "../farm/command.ts";
import { succeeded } from "../farm/deploy/pulumi.ts";
import { ensureTools } from "../farm/tools/ensure.ts";
import { silentReporter } from "../farm/tools/reporter.ts";
import { until } from "../farm/wait.ts";
import { TemporaryFolder } from "./support.ts";

/**
 * Two real API servers: the central one, which signs tokens, and a customer's, which was configured by the file that
 * Nightlane writes for it to take those of one lane.
 */
const NAME = "nordbank";
const LANE = `customer-${NAME}`;
const NEIGHBOUR = "customer-alpenkredit";
let folder: TemporaryFolder;
let kubectlPath: string;
let central: ApiServer;
let customer: ApiServer;
let definition: CustomerDefinition;
let manifests: CustomerManifests;

beforeAll(async () => {
  folder = new TemporaryFolder();
  kubectlPath = (await ensureTools(["kubectl"], silentReporter)).kubectl;
  central = await startApiServer({ dir: join(folder.path, "central"), isIssuer: true });
  const issuer = { url: clusterOf(central).server, ca: authorityOf("central") };
  Object.assign(centralCluster(), { issuer });
  const nordbank = await loadCustomer(NAME);
  const plain = { ...nordbank, credentials: { kubeconfig: federated() } };
  const authentication = authenticationConfiguration(plain, issuer);
  customer = await startApiServer({ dir: join(folder.path, "customer"), authentication });
  manifests = synthesize(plain, customerFile(NAME));
  const reached = { server: clusterOf(customer).server, address: "127.0.0.1", ca: authorityOf("customer") };
  definition = { ...plain, cluster: { ...plain.cluster, ...reached } };
  for (const namespace of [NEIGHBOUR, "nightlane-system", "argocd"]) {
    await kubectl(central, "create", "namespace", namespace);
  }
  await apply(central, [...manifests.deployer, ...manifests.lane.filter(({ kind }) => kind === "ServiceAccount")]);
  await kubectl(central, "create", "serviceaccount", "executor", "--namespace", NEIGHBOUR);
  const discovery = ["--clusterrole=system:service-account-issuer-discovery", "--group=system:unauthenticated"];
  await kubectl(central, "create", "clusterrolebinding", "issuer", ...discovery);
  await apply(customer, manifests.customerSide);
});

afterAll(async () => {
  Reflect.deleteProperty(centralCluster(), "issuer");
  await customer?.stop();
  await central?.stop();
  folder?.remove();
});

afterEach(() => {
  vi.unstubAllEnvs();
});

function clusterOf({ kubeconfig }: ApiServer): { readonly server: string } {
  return parse(readFileSync(kubeconfig, "utf8")).clusters[0].cluster;
}

function authorityOf(name: string): string {
  return readFileSync(join(folder.path, name, "pki", "ca.pem"), "utf8");
}

async function kubectl(server: ApiServer, ...args: readonly string[]): Promise<string> {
  return succeeded(await runCommand(kubectlPath, ["--kubeconfig", server.kubeconfig, ...args], { cwd: "/", env: {} }));
}

async function apply(server: ApiServer, items: readonly object[]): Promise<void> {
  const file = folder.file("objects.json", JSON.stringify({ apiVersion: "v1", kind: "List", items }));
  await until({ what: "the objects are applied", limitSeconds: 120 }, async () => {
    const args = ["--kubeconfig", server.kubeconfig, "apply", "--server-side", "--force-conflicts", "-f", file];
    return (await runCommand(kubectlPath, args, { cwd: "/", env: {} })).code === 0;
  });
}

/** A token as the kubelet would get it. */
async function token(namespace: string, account: string, audience?: string): Promise<string> {
  const forWhom = audience === undefined ? [] : ["--audience", audience];
  return (await kubectl(central, "create", "token", account, "--namespace", namespace, ...forWhom)).trim();
}

/** Who somebody with a token is at a server; undefined where the server does not know them. */
async function whoAmI(server: ApiServer, bearer: string): Promise<string | undefined> {
  const config = parse(readFileSync(server.kubeconfig, "utf8"));
  const file = folder.file("who", stringify({ ...config, users: [{ ...config.users[0], user: { token: bearer } }] }));
  const args = ["--kubeconfig", file, "auth", "whoami", "-o", "jsonpath={.status.userInfo.username}"];
  const { code, output } = await runCommand(kubectlPath, args, { cwd: "/", env: {} });
  if (code !== 0) {
    expect(output).toMatch(/Unauthorized|must be logged in/);
  }
  return code === 0 ? output : undefined;
}

describe("the customer's API server", () => {
  test("takes the lane's token, and binds it to the role of a night", async () => {
    const own = await token(LANE, "executor", federatedAudience(NAME));
    const known = { what: "the customer's API server has read the issuer's keys", limitSeconds: 60 };
    await until(known, async () => (await whoAmI(customer, own)) !== undefined);
    expect(await whoAmI(customer, own)).toBe(`nightlane:system:serviceaccount:${LANE}:executor`);
  });

  test("is as a night needs it, which preflight says with a token that the central cluster makes for the deployer", async () => {
    vi.stubEnv("KUBECONFIG", await deployerKubeconfig());
    const kubeconfig = await withFederatedToken(NAME, federatedKubeconfig(definition));
    const findings = await preflight(definition, kubeconfig, undefined);
    expect(findings.filter(({ todo }) => todo !== undefined)).toEqual([]);
    expect(findings).toContainEqual({ look: "credential", found: expect.stringContaining("nothing is stored") });
  });

  test.each([
    ["the lane's account for another audience", LANE, "executor", "nightlane/customer-alpenkredit"],
    ["the lane's account for the central cluster", LANE, "executor", undefined],
    ["another lane's account", NEIGHBOUR, "executor", "nightlane/customer-nordbank"],
    ["another account of the lane", LANE, "default", "nightlane/customer-nordbank"],
    ["the deployer's account", "nightlane-system", deployerName(NAME), "nightlane/customer-nordbank"],
  ])("refuses a token of %s", async (_, namespace, account, audience) => {
    expect(await whoAmI(customer, await token(namespace, account, audience))).toBeUndefined();
  });

  test("has no service account of Nightlane's whose token could be stored", async () => {
    const accounts = await kubectl(customer, "get", "serviceaccounts", "--namespace", "risk", "-o", "name");
    expect(accounts.trim().split("\n").sort()).toEqual(["serviceaccount/default", "serviceaccount/spark"]);
  });

  test("that does not know the issuer is found by preflight, with what to do", async () => {
    const other = await startApiServer({ dir: join(folder.path, "untold") });
    try {
      const reached = { server: clusterOf(other).server, address: "127.0.0.1", ca: authorityOf("untold") };
      const untold = { ...definition, cluster: { ...definition.cluster, ...reached } };
      vi.stubEnv("KUBECONFIG", central.kubeconfig);
      const findings = await preflight(untold, await withFederatedToken(NAME, federatedKubeconfig(untold)), undefined);
      expect(findings.find(({ todo }) => todo !== undefined)).toMatchObject({
        look: "API server",
        todo: { who: "the customer's administrator", fix: expect.stringContaining("api-server/authentication.yaml") },
      });
    } finally {
      await other.stop();
    }
  });
});

describe("the central cluster", () => {
  test("takes no token that is for a customer, so that nobody who receives one comes back with it", async () => {
    expect(await whoAmI(central, await token(LANE, "executor", federatedAudience(NAME)))).toBeUndefined();
    expect(await whoAmI(central, await token(LANE, "executor"))).toBe(`system:serviceaccount:${LANE}:executor`);
  });

  test("makes none for another customer's deployer", async () => {
    vi.stubEnv("KUBECONFIG", await deployerKubeconfig());
    await expect(withFederatedToken("alpenkredit", federatedKubeconfig(definition))).rejects.toThrow(
      /makes no token for customer-alpenkredit \(.*cannot create resource "serviceaccounts\/token"[\s\S]+fix: let an administrator apply dist\/alpenkredit\/deployer\//,
    );
  });
});

describe("a federated customer goes", () => {
  const job = (name: string, owner: string): object => ({
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name, namespace: "risk", labels: { "nightlane/customer": owner } },
    spec: { template: { spec: { restartPolicy: "Never", containers: [{ name: "c", image: "x" }] } } },
  });
  const jobs = async (): Promise<string> => kubectl(customer, "get", "jobs", "--namespace", "risk", "-o", "name");
  const workingFolder = process.cwd();

  beforeEach(() => {
    process.chdir(folder.path);
  });

  afterEach(() => {
    process.chdir(workingFolder);
  });

  test("and its deployer removes the Jobs that are left, with a token from before the lane went", async () => {
    vi.stubEnv("KUBECONFIG", await deployerKubeconfig());
    vi.stubEnv("PATH", `${dirname(kubectlPath)}:${process.env.PATH}`);
    await apply(customer, [job("left", NAME), job("of-another", "alpenkredit")]);
    await signIn(definition);
    const file = join(folder.path, `${NAME}.remote-kubeconfig`);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await kubectl(central, "delete", "serviceaccount", "executor", "--namespace", LANE);
    // No controller runs here that would follow up on Kubernetes' own finalizer of a deletion in the foreground.
    const known = { what: "the Job has been deleted", limitSeconds: 60 };
    const left = ["--kubeconfig", customer.kubeconfig, "--namespace", "risk"];
    const release = ["patch", "job", "left", "--type=merge", "-p", '{"metadata":{"finalizers":[]}}'];
    const released = until(known, async () => {
      const get = [...left, "get", "job", "left", "-o", "jsonpath={.metadata.deletionTimestamp}"];
      const found = await runCommand(kubectlPath, get, { cwd: "/", env: {} });
      if (found.code !== 0) {
        return found.output.includes("NotFound");
      }
      if (found.stdout === "") {
        return false;
      }
      return (await runCommand(kubectlPath, [...left, ...release], { cwd: "/", env: {} })).code === 0;
    });
    await Promise.all([removeRemoteJobs(definition), released]);
    expect(await jobs()).toBe("job.batch/of-another\n");
    expect(existsSync(file)).toBe(false);
  });

  test("and where nobody signed in before, what the customer's administrator has to type is said", async () => {
    vi.stubEnv("KUBECONFIG", await deployerKubeconfig());
    await signIn(definition);
    await expect(removeRemoteJobs(definition)).rejects.toThrow(
      "fix: the customer's administrator removes them: kubectl --namespace risk delete jobs --selector nightlane/customer=nordbank",
    );
  });
});

async function deployerKubeconfig(): Promise<string> {
  const config = parse(readFileSync(central.kubeconfig, "utf8"));
  const bearer = await token("nightlane-system", deployerName(NAME));
  return folder.file("deployer", stringify({ ...config, users: [{ ...config.users[0], user: { token: bearer } }] }));
}
