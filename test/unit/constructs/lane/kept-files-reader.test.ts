import { expect, test } from "vitest";
import type { WorkflowSpec } from "../../../../constructs/workflow/argo.ts";
import { testCustomer } from "../../../support/customer.ts";
import { find, manifestsOf } from "../../../support/manifests.ts";

const { lane } = manifestsOf(testCustomer());
const spec = find(lane, "WorkflowTemplate", /^reader-[0-9a-f]{10}$/).spec as WorkflowSpec;
const [read, ...others] = spec.templates ?? [];

test("has the results, to be read, and nothing else: no credential, no token, no orders, no name to resolve", () => {
  expect(others).toEqual([]);
  expect(spec.volumes).toEqual([{ name: "results", persistentVolumeClaim: { claimName: "results" } }]);
  expect(read?.container?.volumeMounts).toEqual([{ name: "results", mountPath: "/results", readOnly: true }]);
  expect(spec).not.toHaveProperty("hostAliases");
  expect(spec.serviceAccountName).toBe("executor");
  expect(spec.automountServiceAccountToken).toBe(false);
  expect(read?.outputs).toBeUndefined();
});

test("puts what is asked for into texts of the document, where a plain word stays one", () => {
  expect(read?.container?.args).toEqual(["read"]);
  expect(JSON.parse(read?.container?.env?.[0]?.value ?? "")).toEqual({
    read: {
      pipeline: "night",
      businessDate: "{{workflow.parameters.business-date}}",
      run: "{{workflow.parameters.run-number}}",
      step: "{{workflow.parameters.step}}",
      attempt: "{{workflow.parameters.attempt}}",
    },
  });
});

test("lists what is kept where nothing is asked for", () => {
  expect(spec.arguments?.parameters?.map(({ name, value }) => [name, value])).toEqual([
    ["business-date", ""],
    ["run-number", "1"],
    ["step", ""],
    ["attempt", "1"],
  ]);
});

test("is gone ten minutes after it was read, so that readers never fill the lane's quota for long", () => {
  expect(spec.ttlStrategy?.secondsAfterCompletion).toBe(600);
  expect(spec.podGC).toEqual({ strategy: "OnPodCompletion", deleteDelayDuration: "600s" });
  expect(read?.activeDeadlineSeconds).toBe(600);
  expect(read?.retryStrategy).toBeUndefined();
});
