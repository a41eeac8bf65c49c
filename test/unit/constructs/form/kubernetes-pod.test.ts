import { describe, expect, test } from "vitest";
import { AFFINITY, AFFINITY_TERMS, CONTAINER, POD_SPEC } from "../../../../constructs/form/kubernetes-pod.ts";
import kubernetes from "../../../schemas/kubernetes.json" with { type: "json" };

function namesOf(kind: string): readonly string[] {
  const definitions: Readonly<Record<string, object>> = kubernetes.definitions;
  const definition = definitions[`io.k8s.api.core.v1.${kind}`] as { readonly properties?: object } | undefined;
  return Object.keys(definition?.properties ?? {}).sort();
}

describe("names of Kubernetes in a customer file", () => {
  test.each([
    ["PodSpec", POD_SPEC],
    ["Container", CONTAINER],
    ["Affinity", AFFINITY],
    ["NodeAffinity", AFFINITY_TERMS],
    ["PodAntiAffinity", AFFINITY_TERMS],
  ])("are all those of its %s", (kind, names) => {
    expect([...names].sort()).toEqual(namesOf(kind));
  });
});
