import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { customerFile, loadCustomer } from "../../constructs/definition/customer-files.ts";
import { deployerName } from "../../constructs/deployer/deployer.ts";
import type { Manifest } from "../../constructs/kubernetes/manifest.ts";
import { Platform } from "../../constructs/platform/platform.ts";
import { render, synthesize } from "../../constructs/synthesize.ts";
import { actName } from "../../runs/night-act.ts";
import { Pulumi, succeeded } from "../farm/deploy/pulumi.ts";
import { until } from "../farm/wait.ts";
import { Api, messageOf } from "../support/api.ts";
import { CentralApi, projectCopy, TestAuthority } from "./support.ts";

const KEEP = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"];
const SYSTEM = "nightlane-system";

let api: CentralApi;
let admin: Api;
let authority: TestAuthority;
/** Each customer's Pulumi with its own deployer's kubeconfig, and its own state. */
const pulumi = new Map<string, Pulumi>();
const deployers = new Map<string, Api>();

beforeAll(async () => {
  api = await CentralApi.start();
  admin = await Api.fromKubeconfig(api.kubeconfig);
  authority = new TestAuthority(api.folder);
  const platform = render((app) => new Platform(app, "platform"));
  await apply(platform.filter(({ kind }) => kind !== "Deployment"));
  for (const customer of ["nordbank", "alpenkredit"]) {
    await apply(synthesize(await loadCustomer(customer), customerFile(customer)).deployer);
    const kubeconfig = await kubeconfigOf(customer);
    deployers.set(customer, await Api.fromKubeconfig(kubeconfig));
    pulumi.set(customer, await Pulumi.at({ dir: join(api.folder.path, customer), kubeconfig, env: {} }));
  }
  await untilPoliciesHold();
});

afterAll(async () => {
  await api?.stop();
});

describe("a customer's stack, deployed by the customer's own deployer", () => {
  test("is previewed while there is nothing of it", async () => {
    await of("nordbank").preview("nordbank", env("nordbank"));
    expect(await api.names("customer-nordbank", "rolebinding")).not.toContain(
      "rolebinding.rbac.authorization.k8s.io/oncall",
    );
  });

  test.each(["alpenkredit", "nordbank"])("%s: is deployed whole", async (customer) => {
    await of(customer).up(customer, env(customer));
    const lane = `customer-${customer}`;
    const names = await api.names(lane, "cronworkflow,networkpolicy,secret,rolebinding,resourcequota");
    expect(names).toEqual(
      expect.arrayContaining([
        "cronworkflow.argoproj.io/night",
        "networkpolicy.networking.k8s.io/default-deny",
        "resourcequota/lane",
        "rolebinding.rbac.authorization.k8s.io/oncall",
        "secret/credential",
      ]),
    );
  });

  test("changes nothing at a second up, nor after a refresh", async () => {
    const again = ["up", "--yes", "--skip-preview", "--expect-no-changes"];
    succeeded(await of("nordbank").run("nordbank", again, env("nordbank")));
    succeeded(await of("nordbank").run("nordbank", ["refresh", "--yes", "--skip-preview"], env("nordbank")));
    succeeded(await of("nordbank").run("nordbank", ["preview", "--expect-no-changes"], env("nordbank")));
  });

  test("changes what its file changes", async () => {
    const project = projectCopy(api.folder, "changed");
    const file = join(project, "customers", "nordbank.ts");
    writeFileSync(file, readFileSync(file, "utf8").replace('nightly("22:30"', 'nightly("23:15"'));
    const kubeconfig = await kubeconfigOf("nordbank");
    const changed = await Pulumi.at({ dir: join(api.folder.path, "nordbank"), kubeconfig, env: {}, project });
    await changed.up("nordbank", env("nordbank"));
    const schedule = ["-n", "customer-nordbank", "-o", "jsonpath={.spec.schedules[0]}"];
    expect(await api.kubectl("get", "cronworkflow", "night", ...schedule)).toBe("15 23 * * *");
  });

  test("is refused with another customer's deployer, and nothing of the other's is changed", async () => {
    const others = ["secret,networkpolicy,role,rolebinding", "-n", "customer-alpenkredit", "-o", "yaml"];
    const before = await api.kubectl("get", ...others);
    const foreign = await Pulumi.at({
      dir: join(api.folder.path, "foreign"),
      kubeconfig: await kubeconfigOf("nordbank"),
      env: {},
    });
    await foreign.ensureStack("alpenkredit");
    const result = await foreign.run("alpenkredit", ["up", "--yes", "--skip-preview"], env("alpenkredit"));
    expect(result.code).not.toBe(0);
    expect(result.output).toMatch(/forbidden|denied/i);
    expect(await api.kubectl("get", ...others)).toBe(before);
  });
});

describe("what a deployer may not", () => {
  test("does nothing in another lane, in the platform's namespaces or outside of namespaces, by its rights", async () => {
    const may = await granted("nordbank", await everyResource());
    // What Pulumi watches while it waits, and that tells nothing which the repository does not; ConfigMaps are the
    // policy's below.
    expect([...may].sort()).toEqual([
      "create nightlane-system configmaps",
      "delete nightlane-system configmaps",
      "get nightlane-system configmaps",
      "list argocd applications",
      "list argocd appprojects",
      "list namespaces",
      "list nightlane-system configmaps",
      "patch nightlane-system configmaps",
      "watch argocd applications",
      "watch argocd appprojects",
      "watch namespaces",
      "watch nightlane-system configmaps",
    ]);
  });

  test("may in its own lane what the other deployer may not, so that refusals mean something", async () => {
    const resources = await everyResource();
    const own = await granted("alpenkredit", resources, ["customer-alpenkredit"]);
    expect(own).toContain("patch customer-alpenkredit secrets");
    expect(own).toContain("create customer-alpenkredit rolebindings");
    expect(own).not.toContain("create customer-alpenkredit pods");
    expect(await granted("nordbank", resources, ["customer-alpenkredit"])).toEqual([]);
  });

  test.each([
    ["another customer's fingerprint, deleted", "DELETE", "alpenkredit", undefined],
    ["another customer's fingerprint, taken over", "PATCH", "alpenkredit", { data: { customer: "nordbank" } }],
    ["its own fingerprint, given to another", "PATCH", "nordbank", { data: { customer: "alpenkredit" } }],
  ] as const)("%s: refused by the policy", async (_, method, owner, body) => {
    const name = await fingerprintOf(owner);
    const path = `/api/v1/namespaces/${SYSTEM}/configmaps/${name}`;
    const answer = await deployer("nordbank").call({ method, path, ...(body && { body }), dryRun: true });
    expect(answer.status, messageOf(answer)).toBeGreaterThanOrEqual(400);
    expect(messageOf(answer)).toMatch(/nightlane-fingerprints|immutable/);
  });

  test.each([
    ["of another customer", `fingerprint-${"a".repeat(64)}`, { customer: "alpenkredit" }],
    ["of nobody", `fingerprint-${"a".repeat(64)}`, {}],
    ["of a name that is not a hash", "fingerprint-mine", { customer: "nordbank" }],
    ["that controls nights", "night-control-x", { customer: "nordbank" }],
    ["with the images that admission allows", "admission-images-2", { customer: "nordbank" }],
  ])("a ConfigMap of the platform %s: refused by the policy", async (_, name, data) => {
    const created = await deployer("nordbank").call(configMap(name, data));
    expect(created.status).toBe(403);
    expect(messageOf(created)).toContain("nightlane-fingerprints");
    const own = await deployer("nordbank").call(configMap(`fingerprint-${"b".repeat(64)}`, { customer: "nordbank" }));
    expect(own.status).toBe(201);
  });

  test("cannot change or delete the images that admission allows", async () => {
    for (const method of ["PATCH", "DELETE"] as const) {
      const path = `/api/v1/namespaces/${SYSTEM}/configmaps/admission-images`;
      const body = method === "PATCH" ? { body: { data: { extra: "x" } } } : {};
      const answer = await deployer("nordbank").call({ method, path, ...body, dryRun: true });
      expect(answer.status).toBe(403);
      expect(messageOf(answer)).toContain("nightlane-fingerprints");
    }
  });

  test("cannot take Pod Security off its own namespace, nor raise its limit of workflows", async () => {
    const path = "/api/v1/namespaces/customer-nordbank";
    for (const label of ["pod-security.kubernetes.io/enforce", "workflows.argoproj.io/parallelism-limit"]) {
      const body = { metadata: { labels: { [label]: "privileged" } } };
      const answer = await deployer("nordbank").call({ method: "PATCH", path, body, dryRun: true });
      expect(answer.status).toBe(403);
      expect(messageOf(answer)).toContain("nightlane-namespace-labels");
    }
    const harmless = { metadata: { annotations: { "nightlane/note": "x" } } };
    expect((await deployer("nordbank").call({ method: "PATCH", path, body: harmless, dryRun: true })).status).toBe(200);
  });

  test("cannot give anybody a right that it does not have itself", async () => {
    const path = "/apis/rbac.authorization.k8s.io/v1/namespaces/customer-nordbank/roles";
    const role = (resources: readonly string[], verbs: readonly string[]) => ({
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "Role",
      metadata: { name: "more" },
      rules: [{ apiGroups: [""], resources, verbs }],
    });
    for (const [resources, verbs] of [
      [["pods/exec"], ["create"]],
      [["pods"], ["create"]],
      [["*"], ["*"]],
    ] as const) {
      const answer = await deployer("nordbank").call({
        method: "POST",
        path,
        body: role(resources, verbs),
        dryRun: true,
      });
      expect(answer.status).toBe(403);
      expect(messageOf(answer)).toContain("attempting to grant RBAC permissions not currently held");
    }
    const held = role(["pods"], ["get"]);
    expect((await deployer("nordbank").call({ method: "POST", path, body: held, dryRun: true })).status).toBe(201);
  });
});

describe("what a deployer may write, and may not say", () => {
  const acts = "/apis/nightlane.example/v1/namespaces/customer-nordbank/nightacts";

  beforeAll(async () => {
    // No controller counts here what the lane has, and what is not counted is refused.
    const quota = "/api/v1/namespaces/customer-nordbank/resourcequotas/lane";
    const { spec } = await admin.get<{ spec: { hard: Record<string, string> } }>(quota);
    const used = Object.fromEntries(Object.keys(spec.hard).map((name) => [name, "0"]));
    const body = { status: { hard: spec.hard, used } };
    expect((await admin.call({ method: "PATCH", path: `${quota}/status`, body })).status).toBe(200);
  });

  const act = (verb: string, by: string, name = actName(new Date(), "0000aa")) => ({
    apiVersion: "nightlane.example/v1",
    kind: "NightAct",
    metadata: { name },
    spec: {
      verb,
      by,
      reason: "a test",
      night: "night-x",
      ...(verb === "release" ? { step: "sign-off", attempt: 1 } : {}),
    },
  });
  const itself = `system:serviceaccount:${SYSTEM}:${deployerName("nordbank")}`;

  test("is nothing of what became of a person's act, which it cannot take away either", async () => {
    const review = { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" };
    const who = await admin.call({
      method: "POST",
      path: "/apis/authentication.k8s.io/v1/selfsubjectreviews",
      body: review,
    });
    const { username } = (who.body as { status: { userInfo: { username: string } } }).status.userInfo;
    const asked = act("note", username);
    expect((await admin.call({ method: "POST", path: acts, body: asked })).status).toBe(201);
    const own = `${acts}/${asked.metadata.name}`;
    const status = { phase: "Done", message: "done", at: "2026-11-29T08:00:00Z" };
    const forged = await deployer("nordbank").call({ method: "PATCH", path: `${own}/status`, body: { status } });
    expect(messageOf(forged)).toContain("nightwatch alone says what became of an act");
    const gone = await deployer("nordbank").call({ method: "DELETE", path: own });
    expect(messageOf(gone)).toContain("nightwatch alone says what became of an act");
    expect((await admin.call({ method: "DELETE", path: own })).status).toBe(200);
  });

  test("is not a release of a gate, although it may ask for other acts under its own name", async () => {
    const ask = (verb: string) =>
      deployer("nordbank").call({ method: "POST", path: acts, body: act(verb, itself), dryRun: true });
    expect(messageOf(await ask("release"))).toContain("a gate is released by a person");
    expect((await ask("note")).status).toBe(201);
  });

  test("is not a project of Argo CD that accepts other customers' clusters", async () => {
    const path = "/apis/argoproj.io/v1alpha1/namespaces/argocd/appprojects/customer-alpenkredit";
    const change = (spec: object) =>
      deployer("alpenkredit").call({ method: "PATCH", path, body: { spec }, dryRun: true });
    const wider: readonly object[] = [
      { permitOnlyProjectScopedClusters: false },
      { destinations: [{ server: "*", namespace: "*" }] },
      { destinations: [{ name: "nordbank", namespace: "risk" }] },
      { clusterResourceWhitelist: [{ group: "*", kind: "*" }] },
      { roles: [{ name: "all" }] },
    ];
    for (const spec of wider) {
      expect(messageOf(await change(spec)), JSON.stringify(spec)).toContain("clusters that are its own");
    }
    expect((await change({ description: "the same" })).status).toBe(200);
  });
});

describe("the end", () => {
  test.each(["nordbank", "alpenkredit"])("%s: its stack is destroyed with its own rights", async (customer) => {
    // As the pipeline's job does: see pipeline/jobs.ts.
    const path = `/api/v1/namespaces/argocd/secrets/cluster-${customer}`;
    expect((await deployer(customer).call({ method: "DELETE", path })).status).toBeOneOf([200, 404]);
    succeeded(await of(customer).run(customer, ["destroy", "--yes", "--skip-preview"], env(customer)));
    await expect(api.kubectl("get", "namespace", `customer-${customer}`)).rejects.toThrow("not found");
    const owned = ["-A", "-l", `nightlane/customer=${customer}`, "-o", "name"];
    const left = await api.kubectl("get", "configmap,secret,appproject,application", ...owned);
    expect(left.trim()).toBe("");
  });
});

function of(customer: string): Pulumi {
  const found = pulumi.get(customer);
  if (found === undefined) {
    throw new Error(`no Pulumi of ${customer}`);
  }
  return found;
}

function deployer(customer: string): Api {
  const found = deployers.get(customer);
  if (found === undefined) {
    throw new Error(`no deployer of ${customer}`);
  }
  return found;
}

function configMap(name: string, data: Readonly<Record<string, string>>) {
  const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data };
  return { method: "POST", path: `/api/v1/namespaces/${SYSTEM}/configmaps`, body, dryRun: true } as const;
}

async function fingerprintOf(customer: string): Promise<string> {
  const named = ["-l", `nightlane/customer=${customer}`, "-o", "jsonpath={.items[0].metadata.name}"];
  return await api.kubectl("get", "configmap", "-n", SYSTEM, ...named);
}

interface Resource {
  readonly group: string;
  readonly name: string;
  readonly namespaced: boolean;
}

/** Every resource and subresource that the API server has. */
async function everyResource(): Promise<readonly Resource[]> {
  const { groups } = await admin.get<{ groups: readonly { preferredVersion: { groupVersion: string } }[] }>("/apis");
  const paths = ["/api/v1", ...groups.map(({ preferredVersion }) => `/apis/${preferredVersion.groupVersion}`)];
  const lists = await Promise.all(
    paths.map(async (path) => {
      const { groupVersion, resources } = await admin.get<{
        groupVersion: string;
        resources: readonly { name: string; namespaced: boolean }[];
      }>(path);
      const group = groupVersion.includes("/") ? (groupVersion.split("/")[0] ?? "") : "";
      return resources.map(({ name, namespaced }) => ({ group, name, namespaced }));
    }),
  );
  return lists.flat();
}

/** What the API server lets a deployer do, of everything, in the given namespaces and outside of them. */
async function granted(
  customer: string,
  resources: readonly Resource[],
  namespaces: readonly string[] = ["customer-alpenkredit", SYSTEM, "argo", "argocd", "kube-system", ""],
): Promise<readonly string[]> {
  const questions = resources.flatMap(({ group, name, namespaced }) =>
    namespaces
      .filter((namespace) => namespaced === (namespace !== ""))
      .flatMap((namespace) => KEEP.map((verb) => ({ group, name, namespace, verb }))),
  );
  const user = `system:serviceaccount:${SYSTEM}:${deployerName(customer)}`;
  const groups = ["system:serviceaccounts", `system:serviceaccounts:${SYSTEM}`];
  const found: string[] = [];
  for (let from = 0; from < questions.length; from += 16) {
    const answers = questions.slice(from, from + 16).map(async ({ group, name, namespace, verb }) => {
      const [resource, subresource] = name.split("/");
      const resourceAttributes = { group, resource, subresource, namespace, verb };
      const body = {
        apiVersion: "authorization.k8s.io/v1",
        kind: "SubjectAccessReview",
        spec: { user, groups, resourceAttributes },
      };
      const path = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
      const answer = await admin.call({ method: "POST", path, body });
      const { status } = answer.body as { status: { allowed: boolean } };
      return status.allowed ? [`${verb} ${namespace} ${name}`.replace("  ", " ")] : [];
    });
    found.push(...(await Promise.all(answers)).flat());
  }
  // What everybody may: ask what they may, and who they are.
  return found.filter((each) => !/ self\w+reviews$/.test(each));
}

function env(customer: string): Record<string, string> {
  const server = `https://k8s.${customer}.example:6443`;
  const part = (content: object): string => Buffer.from(JSON.stringify(content)).toString("base64url");
  const token = `${part({ alg: "none" })}.${part({ iss: server, sub: "system:serviceaccount:risk:nightlane" })}.x`;
  const argoCd = `${part({ alg: "none" })}.${part({ iss: server, sub: "system:serviceaccount:risk:argocd" })}.x`;
  return {
    CUSTOMER_KUBECONFIG: api.folder.file(`${customer}.customer`, authority.kubeconfig(server, token)),
    APPS_KUBECONFIG: api.folder.file(`${customer}.apps`, authority.kubeconfig(server, argoCd)),
    NIGHTLANE_CUSTOMER_CA_FILE: authority.caFile,
  };
}

/** The kubeconfig of an environment `customers/<name>`: the administrator's, with a token of the deployer instead. */
async function kubeconfigOf(customer: string): Promise<string> {
  const token = (await api.kubectl("create", "token", deployerName(customer), "-n", SYSTEM, "--duration=1h")).trim();
  const config = parse(readFileSync(api.kubeconfig, "utf8")) as { users: { name: string }[] };
  const users = config.users.map(({ name }) => ({ name, user: { token } }));
  return api.folder.file(`deployer-${customer}.kubeconfig`, stringify({ ...config, users }));
}

async function apply(items: readonly Manifest[]): Promise<void> {
  const file = api.folder.file("apply.json", JSON.stringify({ apiVersion: "v1", kind: "List", items }));
  const stored = { what: "the manifests are stored", limitSeconds: 180, everyMilliseconds: 1000 };
  await until(stored, async () => {
    try {
      await api.kubectl("apply", "--server-side", "--force-conflicts", "-f", file);
      return true;
    } catch (error) {
      if (!/Please retry|no matches for kind/.test(String(error))) {
        throw error;
      }
      return false;
    }
  });
}

/** A policy holds some moments after it is stored. */
async function untilPoliciesHold(): Promise<void> {
  const refuses = { what: "the policy of fingerprints refuses", limitSeconds: 60 };
  await until(refuses, async () => (await deployer("nordbank").call(configMap("probe", {}))).status === 403);
}
