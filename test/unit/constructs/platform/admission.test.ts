import { describe, expect, test } from "vitest";
import { earlierImages } from "../../../../constructs/definition/earlier-images.ts";
import { images } from "../../../../constructs/definition/images.ts";
import type { Manifest } from "../../../../constructs/kubernetes/manifest.ts";
import { platformNamespaces } from "../../../../constructs/platform/admission/identities.ts";
import { Platform } from "../../../../constructs/platform/platform.ts";
import { render } from "../../../../constructs/synthesize.ts";

interface PolicySpec {
  readonly failurePolicy: string;
  readonly paramKind?: object;
  readonly validations: readonly { readonly message: string; readonly messageExpression?: string }[];
}

interface BindingSpec {
  readonly policyName: string;
  readonly validationActions: readonly string[];
  readonly paramRef?: { readonly parameterNotFoundAction: string };
  readonly matchResources?: { readonly namespaceSelector?: object; readonly objectSelector?: object };
}

const platform = render((app) => new Platform(app, "platform"));
const ofKind = (kind: string): readonly Manifest[] => platform.filter((manifest) => manifest.kind === kind);
const policies = ofKind("ValidatingAdmissionPolicy").map(({ metadata, spec }) => ({
  name: metadata.name,
  spec: spec as PolicySpec,
}));
const bindings = ofKind("ValidatingAdmissionPolicyBinding").map(({ spec }) => spec as BindingSpec);

describe("the platform's admission policies", () => {
  test("are each bound exactly once", () => {
    expect(bindings.map(({ policyName }) => policyName).sort()).toEqual(policies.map(({ name }) => name).sort());
  });

  test.each(policies)("$name fails closed, and each refusal says the rule and the fix", ({ spec }) => {
    expect(spec.failurePolicy).toBe("Fail");
    for (const { message } of spec.validations) {
      expect(message).toMatch(/.+; fix: .+/);
      expect(message).not.toContain("\n");
    }
  });

  test.each(bindings)(
    "$policyName denies, and excludes namespaces by the name that the API server writes",
    (binding) => {
      expect(binding.validationActions).toEqual(["Deny", "Audit"]);
      if (binding.matchResources !== undefined) {
        expect(binding.matchResources).toEqual({
          namespaceSelector: {
            matchExpressions: [
              { key: "kubernetes.io/metadata.name", operator: "NotIn", values: [...platformNamespaces()] },
            ],
          },
        });
      }
    },
  );

  test("refuse where parameters are missing", () => {
    const withParameters = policies.filter(({ spec }) => spec.paramKind !== undefined).map(({ name }) => name);
    expect(withParameters).toEqual(["nightlane-pod-creation", "nightlane-template-content"]);
    for (const binding of bindings) {
      expect(binding.paramRef?.parameterNotFoundAction).toBe(
        withParameters.includes(binding.policyName) ? "Deny" : undefined,
      );
    }
  });

  test("allow the released images, by digest, and no namespace of a customer is excluded", () => {
    const map = ofKind("ConfigMap").find(({ metadata }) => metadata.name === "admission-images");
    const { runner, executor } = earlierImages();
    expect(map?.data).toEqual({
      runner: [images().runner, ...runner].join("\n"),
      executor: [images().argoExecutor, ...executor].join("\n"),
    });
    expect(platformNamespaces().filter((name) => name.startsWith("customer-"))).toEqual([]);
  });
});
