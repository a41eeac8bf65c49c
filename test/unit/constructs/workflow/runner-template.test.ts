import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { nightSpec } from "../../../../constructs/workflow/night-spec.ts";
import { testCustomer } from "../../../support/customer.ts";
import { template } from "../../../support/night.ts";

const customer = testCustomer();
const spec = nightSpec(customer);
const runner = template(customer, "run-var-es");

describe("the runner's pod", () => {
  test("holds no token of the central cluster; Argo's executor gets one that is made for the pod", () => {
    expect(spec).toMatchObject({
      serviceAccountName: "executor",
      automountServiceAccountToken: false,
      executor: { serviceAccountName: "executor" },
    });
    const patch = JSON.parse(spec.podSpecPatch ?? "");
    expect(patch.volumes).toEqual([
      expect.objectContaining({ name: "exec-sa-token", $retainKeys: ["name", "projected"] }),
    ]);
    expect(JSON.stringify(patch.volumes)).not.toContain("secret");
    expect(runner.container?.volumeMounts?.map(({ name }) => name)).not.toContain("exec-sa-token");
  });

  test("is restricted as Pod Security asks", () => {
    expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } });
    expect(runner.container?.securityContext).toMatchObject({
      runAsNonRoot: true,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
  });

  test("gets the credentials as files that only its group reads, never as variables", () => {
    expect(spec.volumes).toContainEqual({
      name: "credentials",
      secret: { secretName: "credential", defaultMode: 0o440 },
    });
    expect(runner.container?.volumeMounts).toContainEqual({
      name: "credentials",
      mountPath: "/credentials",
      readOnly: true,
    });
    expect(runner.container?.env?.map(({ name }) => name)).toEqual(["NIGHTLANE_STEP"]);
  });

  test("learns outside the template where the customer's API server is", () => {
    expect(spec).not.toHaveProperty("hostAliases");
    expect(JSON.stringify(spec)).not.toContain("192.0.2.10");
    const items = [{ key: "addresses", path: "addresses" }];
    expect(spec.volumes).toContainEqual({ name: "server", configMap: { name: "api-server", items } });
    expect(runner.container?.volumeMounts).toContainEqual({ name: "server", mountPath: "/server", readOnly: true });
  });

  test("runs an image by digest", () => {
    expect(runner.container?.image).toMatch(/@sha256:[0-9a-f]{64}$/);
  });
});

test("only lost pods, killed runners, evictions, reports and infrastructure are repeated without a person", () => {
  expect(runner.retryStrategy).toMatchObject({
    retryPolicy: "Always",
    expression:
      'lastRetry.status == "Error" || lastRetry.exitCode == "20" || lastRetry.exitCode == "21" || lastRetry.exitCode == "143" || lastRetry.exitCode == "137"',
  });
});

test("a step of hours is repeated after an eviction too: Argo would count a maximum from the first try's start", () => {
  expect(runner.retryStrategy?.backoff).toEqual({ duration: "5s", factor: 2, cap: "10m" });
});

test("an attempt has tries left for failures when all its reports are made", () => {
  const trouble = readFileSync("runner/src/nightlane_runner/trouble.py", "utf8");
  const reports = Number(/^MOST_REPORTS = (\d+)$/m.exec(trouble)?.[1]);
  expect(reports).toBeGreaterThan(0);
  expect(runner.retryStrategy?.limit).toBe(5 + reports - 1);
});

test("a retry strategy stands on runners only: on a DAG it would repeat whole steps", () => {
  for (const one of spec.templates ?? []) {
    expect(one.retryStrategy !== undefined, one.name).toBe(one.container !== undefined);
  }
  expect(spec).not.toHaveProperty("retryStrategy");
});
