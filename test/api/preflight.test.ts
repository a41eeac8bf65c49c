import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { Size } from "cdk8s";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { NIGHTLANE_SERVICE_ACCOUNT } from "../../constructs/customer-side/customer-side.ts";
import { riskApp } from "../../constructs/definition/applications.ts";
import type { CustomerDefinition } from "../../constructs/definition/customer-definition.ts";
import { customerFile, loadCustomer } from "../../constructs/definition/customer-files.ts";
import type { Manifest } from "../../constructs/kubernetes/manifest.ts";
import { type SparkOptions, Step } from "../../constructs/night/step.ts";
import { synthesize } from "../../constructs/synthesize.ts";
import type { Finding } from "../../infra/preflight/finding.ts";
import { preflight } from "../../infra/preflight/preflight.ts";
import { freePort } from "../alerts/live/child.ts";
import { type ApiServer, startApiServer } from "../farm/api-server.ts";
import { runCommand } from "../farm/command.ts";
import { succeeded } from "../farm/deploy/pulumi.ts";
import { ensureTools } from "../farm/tools/ensure.ts";
import { silentReporter } from "../farm/tools/reporter.ts";
import { until } from "../farm/wait.ts";
import { certificate } from "../support/certificates.ts";
import { smallSpark } from "../support/customer.ts";
import { TemporaryFolder } from "./support.ts";

/**
 * A customer's cluster with faults planted in it one by one. It has no nodes, so that no pod starts; what a cluster
 * refuses before that, and what a kubelet says of an image in its place, is what preflight must find.
 */
const NAMESPACE = "risk";
let folder: TemporaryFolder;
let server: ApiServer;
let kubectlPath: string;
let definition: CustomerDefinition;
let kubeconfig: string;
let customerSide: readonly Manifest[];

beforeAll(async () => {
  folder = new TemporaryFolder();
  kubectlPath = (await ensureTools(["kubectl"], silentReporter)).kubectl;
  server = await startApiServer({ dir: `${folder.path}/api-server` });
  const nordbank = await loadCustomer("nordbank");
  const admin = parse(await kubectl("config", "view", "--raw"));
  const { server: url, "certificate-authority-data": data } = admin.clusters[0].cluster;
  const ca = Buffer.from(data, "base64").toString();
  definition = { ...nordbank, cluster: { ...nordbank.cluster, server: url, address: "127.0.0.1", ca } };
  customerSide = synthesize(nordbank, customerFile("nordbank")).customerSide;
  await apply();
  const token = (
    await kubectl("create", "token", NIGHTLANE_SERVICE_ACCOUNT, "--namespace", NAMESPACE, "--duration", "8760h")
  ).trim();
  kubeconfig = stringify({ ...admin, users: [{ ...admin.users[0], user: { token } }] });
});

afterAll(async () => {
  await server?.stop();
  folder?.remove();
});

async function kubectl(...args: readonly string[]): Promise<string> {
  return succeeded(await runCommand(kubectlPath, ["--kubeconfig", server.kubeconfig, ...args], { cwd: "/", env: {} }));
}

/** Applies the customer's side as it should be. */
async function apply(): Promise<void> {
  const file = folder.file("side.json", JSON.stringify({ apiVersion: "v1", kind: "List", items: customerSide }));
  await until({ what: "the customer's side is applied", limitSeconds: 30 }, async () => {
    const args = ["--kubeconfig", server.kubeconfig, "apply", "--server-side", "--force-conflicts", "-f", file];
    return (await runCommand(kubectlPath, args, { cwd: "/", env: {} })).code === 0;
  });
}

/** Removes the claim, which no controller of a volume lets go of here. */
async function removeClaim(): Promise<void> {
  const claim = ["pvc", "results", "--namespace", NAMESPACE] as const;
  await kubectl("patch", ...claim, "--type=merge", "-p", '{"metadata":{"finalizers":null}}');
  await kubectl("delete", ...claim);
}

async function create(manifest: object): Promise<void> {
  await kubectl("create", "-f", folder.file("planted.json", JSON.stringify(manifest)));
}

/** What is to do, as `look: found -> who`. */
async function todo(
  changed: Partial<CustomerDefinition["cluster"]> = {},
  { config = kubeconfig, seconds }: { readonly config?: string; readonly seconds?: number } = {},
): Promise<readonly string[]> {
  const findings = await preflight(
    { ...definition, cluster: { ...definition.cluster, ...changed } },
    config,
    seconds === undefined ? undefined : { seconds, note: () => {} },
  );
  return findings.filter(({ todo: left }) => left !== undefined).map(said);
}

function said({ look, found, todo: left }: Finding): string {
  return `${look}: ${found} -> ${left?.who}: ${left?.fix}`;
}

test("a cluster to which the customer's side was applied has nothing to do, and is left as it was", async () => {
  expect(await todo()).toEqual([]);
  expect(await kubectl("get", "jobs", "--namespace", NAMESPACE, "--output", "name")).toBe("");
});

test("without a start the API server is asked for each kind of Job, those of further nights too", async () => {
  const options = { app: riskApp("var_es.py"), serviceAccount: "other" };
  const further = new Step("further", { kind: "spark", options });
  const monthEnd = { ...definition.workflow, steps: [further], declared: [further] };
  const findings = await preflight({ ...definition, furtherNights: { "month-end": monthEnd } }, kubeconfig, undefined);
  const asked = findings.filter(({ look }) => look.startsWith("Job of "));
  expect(asked.map(({ look }) => look)).toContain("Job of further");
  expect(asked.map(({ found }) => found)).toEqual(asked.map(() => "would be taken; its pod was not started"));
  expect(findings.find(({ look }) => look === "clocks")?.found).toMatch(/^the customer's cluster is \d+ s /);
});

describe("what differs in a step's further pods", () => {
  /** What is to do for a night of one Spark step, whose drivers and first attempts fit anywhere. */
  const leftOf = async (options: Partial<SparkOptions>, seconds?: number): Promise<readonly string[]> => {
    const all = smallSpark({
      executors: 1,
      driverMemory: Size.mebibytes(512),
      memory: Size.mebibytes(512),
      ...options,
    });
    const steps = [new Step("var-es", { kind: "spark", options: all })];
    const night = { ...definition, workflow: { ...definition.workflow, steps, declared: steps } };
    const start = seconds === undefined ? undefined : { seconds, note: () => {} };
    const findings = await preflight(night, kubeconfig, start);
    return findings.filter(({ look, todo: left }) => left !== undefined && !/^quota$/.test(look)).map(said);
  };
  /** What of it is refused, where no pod starts since there is no node. */
  const refusedOf = async (options: Partial<SparkOptions>): Promise<readonly string[]> =>
    (await leftOf(options, 3)).filter((one) => one.includes(": refused: "));
  const limited = async (kind: object, look: () => Promise<void>): Promise<void> => {
    await create({ apiVersion: "v1", metadata: { name: "planted", namespace: NAMESPACE }, ...kind });
    const [resource = ""] = Object.values(kind);
    try {
      await until({ what: "it holds", limitSeconds: 30 }, async () =>
        (await refusedOf({ memory: Size.gibibytes(4) })).some((one) => one.startsWith("start of executors of var-es")),
      );
      await look();
    } finally {
      await kubectl("delete", String(resource), "planted", "--namespace", NAMESPACE);
    }
  };
  const LIMIT = { kind: "LimitRange", spec: { limits: [{ type: "Container", max: { memory: "2Gi" } }] } };
  const QUOTA = { kind: "ResourceQuota", spec: { hard: { "requests.memory": "2Gi" } } };

  test("nothing, where all of them fit", async () => {
    const onRetry = { memory: Size.gibibytes(1) };
    await limited(LIMIT, async () => expect(await refusedOf({ onRetry })).toEqual([]));
  });

  test.each([
    ["a limit", LIMIT, /raise the LimitRange/],
    ["a quota", QUOTA, /raise the quota/],
  ])("%s that lets drivers start forbids the executors' size", async (_, kind, fix) => {
    await limited(kind, async () => {
      const refused = await refusedOf({ memory: Size.gibibytes(3) });
      expect(refused).toEqual([expect.stringMatching(/^start of executors of var-es: refused: /)]);
      expect(refused[0]).toMatch(fix);
    });
  });

  test.each([
    ["a limit", LIMIT, /raise the LimitRange/],
    ["a quota", QUOTA, /raise the quota/],
  ])("%s that lets first attempts start forbids the size of later ones", async (_, kind, fix) => {
    await limited(kind, async () => {
      const refused = await refusedOf({ onRetry: { driverMemory: Size.gibibytes(3) } });
      expect(refused).toEqual([expect.stringMatching(/^start of var-es, a later attempt: refused: /)]);
      expect(refused[0]).toMatch(fix);
    });
  });

  test("the executors' pod template is none that the cluster takes, which a dry run tells", async () => {
    expect(await leftOf({ executorPodTemplate: { spec: { dnsPolicy: "Nonsense" } } })).toEqual([
      expect.stringMatching(
        /^Job of executors of var-es: refused: HTTP 422: .*dnsPolicy.* -> the platform engineers: correct what the message/,
      ),
    ]);
  });

  test("the executors' priority class is not there", async () => {
    expect(await refusedOf({ executorPodTemplate: { spec: { priorityClassName: "nowhere" } } })).toEqual([
      expect.stringMatching(/^start of executors of var-es: refused: .*no PriorityClass .* -> .*: create it/),
    ]);
  });
});

describe("what is wrong with the way there", () => {
  test("nothing answers at the address", async () => {
    const port = await freePort();
    expect(await todo({ server: `https://127.0.0.1:${port}` })).toEqual([
      expect.stringMatching(/^API server: nothing answers .*ECONNREFUSED.* -> the customer's network team/),
    ]);
  });

  test("one of several addresses does not answer, which a night would meet when the other one fails", async () => {
    expect(await todo({ address: ["127.0.0.9", "127.0.0.1"] })).toEqual([
      expect.stringMatching(
        /^API server: nothing answers at https:\S+ at 127\.0\.0\.9: .* -> the customer's network team/,
      ),
    ]);
  });

  test("through the customer's proxy nothing is wrong, until the proxy refuses, and nothing goes round it", async () => {
    const asked: string[] = [];
    let lets = true;
    const proxy = createServer().on("connect", ({ url = "" }, near) => {
      asked.push(url);
      if (!lets) {
        near.end("HTTP/1.1 403 Forbidden\r\n\r\n");
        return;
      }
      const far = connect(Number(new URL(definition.cluster.server).port), "127.0.0.1", () => {
        near.write("HTTP/1.1 200 Connection established\r\n\r\n");
        near.pipe(far).pipe(near);
      });
      near.on("error", () => far.destroy());
      far.on("error", () => near.destroy());
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    try {
      const { port } = proxy.address() as AddressInfo;
      const way = { address: undefined, proxy: { address: "127.0.0.1", port } };
      expect(await todo(way)).toEqual([]);
      expect(new Set(asked)).toEqual(new Set([new URL(definition.cluster.server).host]));
      lets = false;
      expect(await todo(way)).toEqual([
        expect.stringMatching(
          /^API server: nothing answers at https:\S+ through http:\/\/127\.0\.0\.1:\d+: .* -> the customer's network team: .* cluster\.proxy$/,
        ),
      ]);
    } finally {
      proxy.close();
    }
  });

  test("what answers is another cluster", async () => {
    const config = parse(kubeconfig);
    config.clusters[0].cluster["certificate-authority-data"] = Buffer.from(certificate("other")).toString("base64");
    expect(await todo({}, { config: stringify(config) })).toEqual([
      expect.stringMatching(/^API server: what answers .* is not trusted: .* -> the platform engineers/),
    ]);
  });

  test("its certificate is for another name", async () => {
    const { port } = new URL(definition.cluster.server);
    expect(await todo({ server: `https://k8s.elsewhere.example:${port}` })).toEqual([
      expect.stringMatching(/^API server: .* a certificate for another name: .* -> the platform engineers/),
    ]);
  });

  test("the credential is not known any more", async () => {
    const config = parse(kubeconfig);
    config.users[0].user = { token: "not-a-token-of-this-cluster" };
    const found = await todo({}, { config: stringify(config) });
    expect(found).toEqual([
      expect.stringMatching(/^API server: .* does not know our credential .* -> the customer's admin/),
    ]);
    expect(found.join()).not.toContain("not-a-token-of-this-cluster");
  });

  test("the credential ends in a few days", async () => {
    const config = parse(kubeconfig);
    const token = await kubectl(
      "create",
      "token",
      NIGHTLANE_SERVICE_ACCOUNT,
      "--namespace",
      NAMESPACE,
      "--duration",
      "120h",
    );
    config.users[0].user = { token: token.trim() };
    expect(await todo({}, { config: stringify(config) })).toEqual([
      expect.stringMatching(/^credential: .*token.* -> the customer's administrator: issue a new one/),
    ]);
  });
});

describe("what is wrong in the namespace", () => {
  afterEach(apply);

  test("our identity may not exec", async () => {
    const role = JSON.parse(await kubectl("get", "role", "--namespace", NAMESPACE, "-o", "json"));
    const name = role.items.find((one: { metadata: { name: string } }) => one.metadata.name.includes("nightlane"))
      .metadata.name;
    const rules = role.items
      .find((one: { metadata: { name: string } }) => one.metadata.name === name)
      .rules.filter(({ resources }: { resources: readonly string[] }) => !resources.includes("pods/exec"));
    await kubectl("patch", "role", name, "--namespace", NAMESPACE, "--type=merge", "-p", JSON.stringify({ rules }));
    expect(await todo()).toEqual([
      "rights: our identity may not get pods/exec, create pods/exec -> the customer's administrator: kubectl apply -f dist/<customer>/customer-side/",
    ]);
  });

  test("our identity may do nothing at all", async () => {
    await kubectl("delete", "rolebinding", "--all", "--namespace", NAMESPACE);
    const found = await todo();
    expect(found[0]).toMatch(/^rights: our identity may not create jobs, /);
    expect(found.slice(1, 3).map((one) => one.split(":")[0])).toEqual(["results volume", "quota"]);
    expect(found.slice(3).every((one) => one.startsWith("Job of "))).toBe(true);
    expect(found.length).toBeGreaterThan(3);
  });

  test("our identity may do more than it should", async () => {
    const subject = `--serviceaccount=${NAMESPACE}:${NIGHTLANE_SERVICE_ACCOUNT}`;
    await kubectl("create", "clusterrolebinding", "too-much", "--clusterrole=cluster-admin", subject);
    try {
      expect(await todo()).toEqual([
        expect.stringMatching(
          /^no more rights: our identity may also get secrets, .*\* \* of all namespaces -> the customer's/,
        ),
      ]);
    } finally {
      await kubectl("delete", "clusterrolebinding", "too-much");
    }
  });

  test("there is no results volume", async () => {
    await removeClaim();
    expect(await todo()).toEqual([expect.stringMatching(/^results volume: there is no claim results in risk ->/)]);
  });

  test("its volume is for one node only", async () => {
    await removeClaim();
    await create({
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: "results", namespace: NAMESPACE },
      spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "100Gi" } } },
    });
    try {
      expect(await todo()).toEqual([
        expect.stringMatching(/^results volume: claim results is ReadWriteOnce -> the customer's/),
      ]);
    } finally {
      await removeClaim();
    }
  });

  test("its results volume is smaller than agreed", async () => {
    expect(await todo({ resultsSize: Size.gibibytes(9000) })).toEqual([
      expect.stringMatching(/^results volume: claim results has \d+ GiB -> the customer's administrator: enlarge/),
    ]);
  });

  test("its quota is smaller than what was agreed", async () => {
    await create({
      apiVersion: "v1",
      kind: "ResourceQuota",
      metadata: { name: "tight", namespace: NAMESPACE },
      spec: { hard: { "requests.cpu": "500m" } },
    });
    expect(await todo()).toEqual([
      expect.stringMatching(/^quota: tight: requests.cpu 500m -> the customer's administrator/),
    ]);
    await kubectl("delete", "resourcequota", "tight", "--namespace", NAMESPACE);
  });
});

describe("what keeps a night's pods from starting", () => {
  /** The looks at a start, without those that say that there is no node. */
  const starts = async (seconds: number): Promise<readonly string[]> =>
    (await todo({}, { seconds })).filter((one) => one.startsWith("start of "));

  afterEach(apply);

  test("there is no node at all", async () => {
    expect(await starts(3)).toEqual(
      expect.arrayContaining([expect.stringMatching(/has not started within 3 s: Pending/)]),
    );
    expect(JSON.parse(await kubectl("get", "jobs", "--namespace", NAMESPACE, "-o", "json")).items).toEqual([]);
  });

  test("the account of Spark is missing", async () => {
    await kubectl("delete", "serviceaccount", "spark", "--namespace", NAMESPACE);
    expect(await starts(60)).toEqual(
      expect.arrayContaining([expect.stringMatching(/refused: .*serviceaccount "?spark"? not found.*customer-side/)]),
    );
  });

  test("the quota is used up", async () => {
    await create({
      apiVersion: "v1",
      kind: "ResourceQuota",
      metadata: { name: "full", namespace: NAMESPACE },
      spec: { hard: { pods: "0" } },
    });
    try {
      await until(
        { what: "the quota counts", limitSeconds: 30 },
        async () =>
          (await kubectl(
            "get",
            "resourcequota",
            "full",
            "--namespace",
            NAMESPACE,
            "-o",
            "jsonpath={.status.hard.pods}",
          )) === "0",
      );
      expect(await starts(60)).toEqual(
        expect.arrayContaining([expect.stringMatching(/refused: .*exceeded quota.*raise the quota/)]),
      );
    } finally {
      await kubectl("delete", "resourcequota", "full", "--namespace", NAMESPACE);
    }
  });

  test("a limit forbids the driver's size", async () => {
    await create({
      apiVersion: "v1",
      kind: "LimitRange",
      metadata: { name: "small", namespace: NAMESPACE },
      spec: { limits: [{ type: "Container", max: { memory: "64Mi" } }] },
    });
    try {
      expect(await starts(60)).toEqual(
        expect.arrayContaining([
          expect.stringMatching(/refused: .*maximum memory usage per Container.*raise the LimitRange/),
        ]),
      );
    } finally {
      await kubectl("delete", "limitrange", "small", "--namespace", NAMESPACE);
    }
  });

  test("a policy of the cluster refuses the Jobs", async () => {
    const api = "admissionregistration.k8s.io/v1";
    const rule = { apiGroups: ["batch"], apiVersions: ["v1"], operations: ["CREATE"], resources: ["jobs"] };
    await create({
      apiVersion: "v1",
      kind: "List",
      items: [
        {
          apiVersion: api,
          kind: "ValidatingAdmissionPolicy",
          metadata: { name: "house-rule" },
          spec: {
            matchConstraints: { resourceRules: [rule] },
            validations: [
              {
                expression: "has(object.metadata.labels) && 'team' in object.metadata.labels",
                message: "label team is missing",
              },
            ],
          },
        },
        {
          apiVersion: api,
          kind: "ValidatingAdmissionPolicyBinding",
          metadata: { name: "house-rule" },
          spec: { policyName: "house-rule", validationActions: ["Deny"] },
        },
      ],
    });
    try {
      await until({ what: "the policy holds", limitSeconds: 60 }, async () =>
        (await starts(2)).some((one) => one.includes("label team is missing")),
      );
      const missing = expect.arrayContaining([
        expect.stringMatching(/label team is missing -> .*make an exception for the namespace/),
      ]);
      expect(await starts(2)).toEqual(missing);
      expect(await todo()).toEqual(missing);
    } finally {
      await kubectl("delete", "validatingadmissionpolicybinding,validatingadmissionpolicy", "house-rule");
      await until({ what: "the policy holds no more", limitSeconds: 60 }, async () =>
        (await starts(2)).every((one) => !one.includes("label team is missing")),
      );
    }
  });

  test("its image cannot be pulled, as a kubelet says", async () => {
    const looked = starts(10);
    const selector = ["--namespace", NAMESPACE, "-l", "nightlane/preflight"];
    await until(
      { what: "the pod is there", limitSeconds: 30 },
      async () => (await kubectl("get", "pods", ...selector, "-o", "name")) !== "",
    );
    const pod = (await kubectl("get", "pods", ...selector, "-o", "jsonpath={.items[0].metadata.name}")).trim();
    const waiting = { reason: "ErrImagePull", message: "unauthorized: authentication required" };
    const containerStatuses = [
      { name: "driver", image: "x", imageID: "", ready: false, restartCount: 0, state: { waiting } },
    ];
    const status = JSON.stringify({ status: { phase: "Pending", containerStatuses } });
    await kubectl("patch", "pod", pod, "--namespace", NAMESPACE, "--subresource=status", "--type=merge", "-p", status);
    expect(await looked).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/cannot be pulled: unauthorized: .* -> the customer's administrator: open the way/),
      ]),
    );
  });
});
