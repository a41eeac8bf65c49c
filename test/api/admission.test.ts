import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadCustomer } from "../../constructs/definition/customer-files.ts";
import { federated } from "../../constructs/index.ts";
import { nightSpec } from "../../constructs/workflow/night-spec.ts";
import { askedActAttempts, notedActAttempts, withAct } from "../boundary/admission/acts.ts";
import { argoCdAttempts } from "../boundary/admission/argo-cd-attempts.ts";
import { type LaneUnderTest, NIGHTWATCH } from "../boundary/admission/lane.ts";
import {
  configMapAttempts,
  namespaceAttempts,
  namespaceEditorAttempts,
} from "../boundary/admission/namespace-attempts.ts";
import { podAccessAttempts, podCreationAttempts, podUpdateAttempts } from "../boundary/admission/pod-attempts.ts";
import { storeNight } from "../boundary/admission/prepare.ts";
import { readerAttempts } from "../boundary/admission/reader-attempts.ts";
import { resultAttempts } from "../boundary/admission/result-attempts.ts";
import { scheduleAttempts } from "../boundary/admission/schedule-attempts.ts";
import { cronAttempts, templateAttempts } from "../boundary/admission/template-attempts.ts";
import { nightOf, workflowCreationAttempts, workflowUpdateAttempts } from "../boundary/admission/workflow-attempts.ts";
import { ARGO_CONTROLLER } from "../boundary/argo-pod.ts";
import { type Attempt, makeAttempt } from "../boundary/attempt.ts";
import { until } from "../farm/wait.ts";
import { type Answer, messageOf } from "../support/api.ts";
import { GuardedCluster } from "./admission-support.ts";
import { restrictedFixtures } from "./pod-security-fixtures.ts";

let cluster: GuardedCluster;
let lane: LaneUnderTest;

beforeAll(async () => {
  cluster = await GuardedCluster.start();
  lane = await cluster.laneUnderTest();
});

afterAll(async () => {
  await cluster?.stop();
});

test("has policies whose expressions fit the types they are about", async () => {
  expect(await cluster.typeWarnings()).toEqual([]);
});

describe("every bypass is refused by the policy meant for it, and the legitimate request beside it passes", () => {
  const groups: readonly [string, (lane: LaneUnderTest) => readonly Attempt[]][] = [
    ["new pods", podCreationAttempts],
    ["changed pods", podUpdateAttempts],
    ["ways into a pod", podAccessAttempts],
    ["new workflows", workflowCreationAttempts],
    ["what a schedule starts", scheduleAttempts],
    ["changed workflows", workflowUpdateAttempts],
    ["asked acts", askedActAttempts],
    ["noted acts", notedActAttempts],
    ["reports of steps", resultAttempts],
    ["readers of kept logs", readerAttempts],
    ["templates", templateAttempts],
    ["schedules", cronAttempts],
    ["namespaces", namespaceAttempts],
    ["namespaces, by somebody who may change but not create them", namespaceEditorAttempts],
    ["ConfigMaps", configMapAttempts],
    ["Argo CD's objects", argoCdAttempts],
  ];

  test.each(groups)("%s", async (_, attempts) => {
    const wrong: string[] = [];
    for (const attempt of attempts(lane)) {
      const { what, outcome, controlled, controlFailure } = await makeAttempt(attempt);
      if (!outcome.refused) {
        wrong.push(`${what}: ${outcome.seen}`);
      }
      const isPolicy = outcome.seen.includes("ValidatingAdmissionPolicy");
      const hasRemedy = /rule: .+; fix: |: [^:]+; fix: /.test(outcome.seen);
      if (isPolicy && !hasRemedy) {
        wrong.push(`${what}: no fix in: ${outcome.seen}`);
      }
      if (controlFailure !== undefined) {
        wrong.push(`control "${controlled}": ${controlFailure}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});

describe("what an earlier release has left, which is no longer let in", () => {
  const GARBAGE_COLLECTOR = {
    user: "system:serviceaccount:kube-system:generic-garbage-collector",
    groups: ["system:serviceaccounts", "system:serviceaccounts:kube-system", "system:authenticated"],
  };
  const allowed = "/api/v1/namespaces/nightlane-system/configmaps/admission-images";
  let released: { readonly data: Readonly<Record<string, string>> };

  beforeAll(async () => {
    released = await cluster.api.get(allowed);
  });

  afterAll(async () => {
    await allow(released.data.runner ?? "");
  });

  /** Lets the lanes have other runners, once the policies know. */
  async function allow(runner: string): Promise<void> {
    await cluster.api.call({ method: "PATCH", path: allowed, body: { data: { runner } } });
    const path = "/apis/argoproj.io/v1alpha1/namespaces/customer-nordbank/workflowtemplates";
    const body = { ...lane.template, metadata: { name: "night-0123456789", namespace: lane.namespace } };
    const wanted = runner === released.data.runner ? 201 : 403;
    const known = { what: "the policies know the images", limitSeconds: 60, everyMilliseconds: 200 };
    await until(known, async () => {
      return (await cluster.api.call({ method: "POST", path, body, dryRun: true })).status === wanted;
    });
  }

  test("is removed for good by a deployment, after which Kubernetes changes its finalizers", async () => {
    const path = "/apis/argoproj.io/v1alpha1/namespaces/customer-nordbank/workflowtemplates";
    const stored = { ...lane.template, metadata: { name: "night-abcdef0123", namespace: lane.namespace } };
    expect(messageOf(await cluster.api.call({ method: "POST", path, body: stored }))).toBe("201");
    await allow(`registry.nightlane.example/nightlane/runner@sha256:${"f".repeat(64)}`);
    const at = `${path}/${stored.metadata.name}`;
    const changed = await cluster.api.call({ method: "PATCH", path: at, body: { spec: { parallelism: 3 } } });
    expect(messageOf(changed)).toContain("a template keeps its content");
    await cluster.api.call({
      method: "PATCH",
      path: at,
      body: { metadata: { finalizers: ["nightlane.example/last"] } },
    });
    await cluster.api.call({ method: "DELETE", path: at });
    const ended = { metadata: { finalizers: null } };
    const last = await cluster.api.call({ method: "PATCH", path: at, body: ended, as: GARBAGE_COLLECTOR });
    expect(messageOf(last)).toBe("200");
    expect((await cluster.api.call({ method: "GET", path: at })).status).toBe(404);
  });
});

test("lets in what a federated lane has: in the place of the Secret alone, a token that this lane's customer takes", async () => {
  const credentials = { kubeconfig: federated() };
  const spec = nightSpec({ ...(await loadCustomer("nordbank")), credentials });
  const template = { ...lane.template, metadata: { name: "night-0123456789", namespace: lane.namespace }, spec };
  const pod = cluster.pod("federated", template);
  const made = [
    { path: "/apis/argoproj.io/v1alpha1/namespaces/customer-nordbank/workflowtemplates", body: template },
    { path: "/api/v1/namespaces/customer-nordbank/pods", body: pod, as: ARGO_CONTROLLER },
  ];
  expect(JSON.stringify(pod.spec.volumes)).toContain('"audience":"nightlane/customer-nordbank"');
  for (const call of made) {
    const answer = await cluster.api.call({ method: "POST", dryRun: true, ...call });
    expect(messageOf(answer)).toBe("201");
  }
});

describe("upstream's own Pod Security test data (invariant 24)", () => {
  const create = async (namespace: string, pod: object): Promise<Answer> =>
    cluster.api.call({
      method: "POST",
      path: `/api/v1/namespaces/${namespace}/pods`,
      body: pod,
      dryRun: true,
      as: ARGO_CONTROLLER,
    });

  test("refuses every pod that is not restricted in a lane, by Pod Security", async () => {
    const { fail } = await restrictedFixtures();
    expect(fail.length).toBeGreaterThan(30);
    const wrong: string[] = [];
    for (const { name, pod } of fail) {
      const said = messageOf(await create("customer-nordbank", pod));
      // Three kinds of pod are so wrong that the API server refuses them before Pod Security is asked.
      if (!/violates PodSecurity "restricted:v1.36"|disallowed by cluster policy|procMount: Invalid/.test(said)) {
        wrong.push(`${name}: ${said}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test("accepts every restricted pod where only Pod Security looks", async () => {
    const { pass } = await restrictedFixtures();
    expect(pass.length).toBeGreaterThan(5);
    const lane = cluster.manifest("nordbank", "Namespace");
    await cluster.apply([{ ...lane, metadata: { ...lane.metadata, name: "nightlane-probe" } }]);
    await cluster.untilServiceAccount("nightlane-probe");
    const wrong: string[] = [];
    for (const { name, pod } of pass) {
      const answer = await create("nightlane-probe", pod);
      if (answer.status !== 201) {
        wrong.push(`${name}: ${messageOf(answer)}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});

describe("what the boundary rests on cannot be taken away quietly", () => {
  const newPod = async (): Promise<string> =>
    messageOf(
      await cluster.api.call({
        method: "POST",
        path: "/api/v1/namespaces/customer-nordbank/pods",
        body: cluster.pod("attempt"),
        dryRun: true,
        as: ARGO_CONTROLLER,
      }),
    );

  test("keeps the label that the bindings go by, whatever a deployer removes (27)", async () => {
    const labels = { "kubernetes.io/metadata.name": "argo", "nightlane/customer": null };
    const path = "/api/v1/namespaces/customer-nordbank";
    await cluster.api.call({ method: "PATCH", path, body: { metadata: { labels } } });
    const after = await cluster.api.get<{ metadata: { labels: Record<string, string> } }>(path);
    expect(after.metadata.labels).toMatchObject({ "kubernetes.io/metadata.name": "customer-nordbank" });
    expect(after.metadata.labels).not.toHaveProperty("nightlane/customer");
    const refused = await cluster.api.call({
      method: "POST",
      path: `${path}/pods`,
      body: cluster.pod("attempt"),
      dryRun: true,
    });
    expect(messageOf(refused)).toContain("nightlane-pod-creation");
    expect(await newPod()).toBe("201");
  });

  const images = "/api/v1/namespaces/nightlane-system/configmaps/admission-images";

  test.each([
    ["missing", [{ op: "remove", path: "/data/runner" }]],
    ["misspelt", [{ op: "move", from: "/data/runner", path: "/data/runers" }]],
    ["empty", [{ op: "replace", path: "/data/runner", value: "" }]],
  ])("refuses every pod when the policy's parameter is %s (31)", async (_, patch) => {
    const { data } = await cluster.api.get<{ data: object }>(images);
    const change = { method: "PATCH", path: images, body: patch, patch: "application/json-patch+json" } as const;
    expect((await cluster.api.call(change)).status).toBe(200);
    await expect.poll(newPod, { timeout: 120_000 }).toContain("nightlane-pod-creation");
    const restore = [{ op: "replace", path: "/data", value: data }];
    expect((await cluster.api.call({ ...change, body: restore })).status).toBe(200);
    await expect.poll(newPod, { timeout: 120_000 }).toBe("201");
  });

  test("refuses every pod when the policy's parameters are gone (31)", async () => {
    const { data } = await cluster.api.get<{ data: object }>(images);
    await cluster.api.call({ method: "DELETE", path: images });
    await expect.poll(newPod, { timeout: 120_000 }).toContain("nightlane-pod-creation");
    const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "admission-images" }, data };
    await cluster.api.call({ method: "POST", path: "/api/v1/namespaces/nightlane-system/configmaps", body });
    await expect.poll(newPod, { timeout: 120_000 }).toBe("201");
  });
});

describe("fields that a later version of Argo brings", () => {
  test("are refused until somebody has thought about them", async () => {
    const path = "/apis/argoproj.io/v1alpha1/namespaces/customer-nordbank/workflows";
    const crd = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/workflows.argoproj.io";
    const field = {
      op: "add",
      path: "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/newField",
      value: { type: "string" },
    };
    const added = await cluster.api.call({
      method: "PATCH",
      path: crd,
      body: [field],
      patch: "application/json-patch+json",
    });
    expect(added.status).toBe(200);
    const night = nightOf(lane, "night-new-field");
    const start = async (): Promise<string> =>
      messageOf(
        await cluster.api.call({
          method: "POST",
          path,
          body: { ...night, spec: { ...night.spec, newField: "x" } },
          dryRun: true,
          as: NIGHTWATCH,
        }),
      );
    await expect.poll(start, { timeout: 120_000 }).toContain("received fields newField");
  });
});

describe("a night as large as Argo keeps in clear", () => {
  /** Beyond about a megabyte Argo compresses the nodes, and nobody but Argo and nightwatch may change them then. */
  const nodes = 700;

  test(`lets nightwatch decide on a step of ${nodes} nodes, and still sees what must not change`, async () => {
    const night = await storeNight(cluster.api, lane, "night-large");
    const path = `/apis/argoproj.io/v1alpha1/namespaces/${lane.namespace}/workflows/${night.metadata.name}`;
    const many = Object.fromEntries(Array.from({ length: nodes }, (_, index) => largeNode(`night-large-n${index}`)));
    const as = ARGO_CONTROLLER;
    const filled = await cluster.api.call({ method: "PATCH", path, body: { status: { nodes: many } }, as });
    expect(messageOf(filled)).toBe("200");
    const decide = (change: object): Promise<Answer> =>
      cluster.api.call({
        method: "PATCH",
        path,
        body: withAct({ status: { nodes: { "night-large-2": change } } }),
        as: NIGHTWATCH,
        dryRun: true,
      });
    const decision = { outputs: { parameters: [{ name: "decision", value: "RETRY" }] }, phase: "Succeeded" };
    expect(messageOf(await decide(decision))).toBe("200");
    expect(messageOf(await decide({ templateName: "run-market" }))).toContain("a node keeps its template");
  });

  function largeNode(id: string): [string, object] {
    const parameters = ["business-date", "variant", "attempt"].map((name) => ({ name, value: "2026-03-31" }));
    const filler = { message: "x".repeat(200), children: [`${id}-1`, `${id}-2`], inputs: { parameters } };
    const fixed = { type: "Pod", templateName: "run-market", templateScope: "local/night-large", phase: "Succeeded" };
    return [id, { id, name: id, displayName: id, startedAt: "2026-03-31T20:30:00Z", ...fixed, ...filler }];
  }
});
