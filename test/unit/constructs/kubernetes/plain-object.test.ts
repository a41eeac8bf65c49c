import { ApiObject, Testing } from "cdk8s";
import { expect, test } from "vitest";
import { PlainObject } from "../../../../constructs/kubernetes/plain-object.ts";

test("is written as cdk8s writes an object: keys in order, nothing that is undefined or null", () => {
  const props = {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "WorkflowTemplate",
    metadata: { name: "night", labels: { b: "1", a: "2" } },
    spec: { templates: [{ name: "b", inputs: undefined, absent: null, args: ["2", "1"] }, { a: {} }], arguments: [] },
  };
  const [ours, theirs] = [PlainObject, ApiObject].map((Kind) => {
    const chart = Testing.chart();
    new Kind(chart, "object", props);
    return JSON.stringify(chart.toJson());
  });
  expect(ours).toBe(theirs);
});
