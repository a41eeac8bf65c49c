import { Size } from "cdk8s";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { NIGHTLANE_SERVICE_ACCOUNT } from "../../constructs/customer-side/customer-side.ts";
import { riskApp } from "../../constructs/definition/applications.ts";
import { Step } from "../../constructs/night/step.ts";
import { preflight } from "../../infra/preflight/preflight.ts";
import { LookedAt, NAMESPACE } from "./looked-at.ts";

let site: LookedAt;

beforeAll(async () => {
  site = await LookedAt.start();
});

afterAll(async () => {
  await site?.stop();
});

test("a cluster to which the customer's side was applied has nothing to do, and is left as it was", async () => {
  expect(await site.todo()).toEqual([]);
  expect(await site.kubectl("get", "jobs", "--namespace", NAMESPACE, "--output", "name")).toBe("");
});

test("without a start the API server is asked for each kind of Job, those of further nights too", async () => {
  const options = { app: riskApp("var_es.py"), serviceAccount: "other" };
  const further = new Step("further", { kind: "spark", options });
  const monthEnd = { ...site.definition.workflow, steps: [further], declared: [further] };
  const findings = await preflight(
    { ...site.definition, furtherNights: { "month-end": monthEnd } },
    site.kubeconfig,
    undefined,
  );
  const asked = findings.filter(({ look }) => look.startsWith("Job of "));
  expect(asked.map(({ look }) => look)).toContain("Job of further");
  expect(asked.map(({ found }) => found)).toEqual(asked.map(() => "would be accepted; its pod was not started"));
  expect(findings.find(({ look }) => look === "clocks")?.found).toMatch(/^the customer's cluster is \d+ s /);
});

describe("what is wrong in the namespace", () => {
  afterEach(() => site.apply());

  test("our identity may not exec", async () => {
    const role = JSON.parse(await site.kubectl("get", "role", "--namespace", NAMESPACE, "-o", "json"));
    const name = role.items.find((one: { metadata: { name: string } }) => one.metadata.name.includes("nightlane"))
      .metadata.name;
    const rules = role.items
      .find((one: { metadata: { name: string } }) => one.metadata.name === name)
      .rules.filter(({ resources }: { resources: readonly string[] }) => !resources.includes("pods/exec"));
    await site.kubectl(
      "patch",
      "role",
      name,
      "--namespace",
      NAMESPACE,
      "--type=merge",
      "-p",
      JSON.stringify({ rules }),
    );
    expect(await site.todo()).toEqual([
      "rights: Nightlane's identity may not get pods/exec, create pods/exec -> the customer's administrator: kubectl apply -f dist/<customer>/customer-side/",
    ]);
  });

  test("our identity may do nothing at all", async () => {
    await site.kubectl("delete", "rolebinding", "--all", "--namespace", NAMESPACE);
    const found = await site.todo();
    expect(found[0]).toMatch(/^rights: Nightlane's identity may not create jobs, /);
    expect(found.slice(1, 3).map((one) => one.split(":")[0])).toEqual(["results volume", "quota"]);
    expect(found.slice(3).every((one) => one.startsWith("Job of "))).toBe(true);
    expect(found.length).toBeGreaterThan(3);
  });

  test("our identity may do more than it should", async () => {
    const subject = `--serviceaccount=${NAMESPACE}:${NIGHTLANE_SERVICE_ACCOUNT}`;
    await site.kubectl("create", "clusterrolebinding", "too-much", "--clusterrole=cluster-admin", subject);
    try {
      expect(await site.todo()).toEqual([
        expect.stringMatching(
          /^no more rights: Nightlane's identity may also get secrets, .*\* \* of all namespaces -> the customer's/,
        ),
      ]);
    } finally {
      await site.kubectl("delete", "clusterrolebinding", "too-much");
    }
  });

  test("there is no results volume", async () => {
    await site.removeClaim();
    expect(await site.todo()).toEqual([expect.stringMatching(/^results volume: there is no claim results in risk ->/)]);
  });

  test("its volume is for one node only", async () => {
    await site.removeClaim();
    await site.create({
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: "results", namespace: NAMESPACE },
      spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "100Gi" } } },
    });
    try {
      expect(await site.todo()).toEqual([
        expect.stringMatching(/^results volume: claim results is ReadWriteOnce -> the customer's/),
      ]);
    } finally {
      await site.removeClaim();
    }
  });

  test("its results volume is smaller than agreed", async () => {
    expect(await site.todo({ resultsSize: Size.gibibytes(9000) })).toEqual([
      expect.stringMatching(/^results volume: claim results has \d+ GiB -> the customer's administrator: enlarge/),
    ]);
  });

  test("its quota is smaller than what was agreed", async () => {
    await site.create({
      apiVersion: "v1",
      kind: "ResourceQuota",
      metadata: { name: "tight", namespace: NAMESPACE },
      spec: { hard: { "requests.cpu": "500m" } },
    });
    expect(await site.todo()).toEqual([
      expect.stringMatching(/^quota: tight: requests.cpu 500m -> the customer's administrator/),
    ]);
    await site.kubectl("delete", "resourcequota", "tight", "--namespace", NAMESPACE);
  });
});
