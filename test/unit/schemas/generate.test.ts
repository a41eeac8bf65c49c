import { describe, expect, test } from "vitest";
import versions from "../../../versions.json" with { type: "json" };
import argo from "../../schemas/argo.json" with { type: "json" };
import argoCd from "../../schemas/argo-cd.json" with { type: "json" };
import { type ResourceDefinition, schemasFromCrds } from "../../schemas/from-crds.ts";
import { OBJECT_META, type OpenApi, schemasFromOpenApi } from "../../schemas/from-openapi.ts";
import { INT_OR_STRING, QUANTITY, reference, renderSchemaFile } from "../../schemas/json-schema.ts";
import { ARGO_KINDS, ARGOCD_KINDS, KUBERNETES_KINDS } from "../../schemas/kinds.ts";
import kubernetes from "../../schemas/kubernetes.json" with { type: "json" };

describe("the generated files", () => {
  test("are of the versions that versions.json pins", () => {
    expect(kubernetes.$comment).toContain(`Kubernetes ${versions.kubernetes.farm}.`);
    expect(argo.$comment).toContain(`Argo Workflows ${versions.argoWorkflows.farm}.`);
    expect(argoCd.$comment).toContain(`Argo CD ${versions.argoCd.farm}.`);
  });

  test("hold every wanted kind, and are small", () => {
    expect(Object.keys(kubernetes.definitions)).toEqual(expect.arrayContaining([...KUBERNETES_KINDS]));
    expect(Object.keys(argo.definitions)).toEqual(
      expect.arrayContaining(ARGO_KINDS.map((kind) => `argoproj.io/v1alpha1/${kind}`)),
    );
    expect(Object.keys(argoCd.definitions)).toEqual(
      expect.arrayContaining(ARGOCD_KINDS.map((kind) => `argoproj.io/v1alpha1/${kind}`)),
    );
    expect(JSON.stringify([kubernetes, argo, argoCd]).length).toBeLessThan(500_000);
  });
});

describe("from an API description", () => {
  const quantity = "io.k8s.apimachinery.pkg.api.resource.Quantity";
  const openApi: OpenApi = {
    definitions: {
      [OBJECT_META]: { properties: { name: { type: "string" } } },
      [quantity]: {},
      unrelated: { properties: { x: { type: "string" } } },
      tree: {
        required: ["size"],
        properties: { size: { $ref: `#/definitions/${quantity}` }, child: { $ref: "#/definitions/tree" } },
      },
      Forest: {
        "x-kubernetes-group-version-kind": [{ group: "woods.example", version: "v1", kind: "Forest" }],
        properties: {
          apiVersion: { type: "string" },
          kind: { type: "string" },
          metadata: { $ref: `#/definitions/${OBJECT_META}` },
          spec: { type: "array", items: { $ref: "#/definitions/tree" } },
          status: { $ref: "#/definitions/unrelated" },
        },
      },
    },
  };

  test("only what the wanted kinds reach is taken, closed to unknown keys and without status", () => {
    const { definitions } = schemasFromOpenApi(openApi, ["woods.example/v1/Forest"], "1.0");
    expect(definitions).toEqual({
      "woods.example/v1/Forest": {
        type: "object",
        additionalProperties: false,
        required: ["apiVersion", "kind", "metadata"],
        properties: {
          spec: { type: "array", items: reference("tree") },
          apiVersion: { const: "woods.example/v1" },
          kind: { const: "Forest" },
          metadata: reference(OBJECT_META),
        },
      },
      tree: {
        type: "object",
        additionalProperties: false,
        required: ["size"],
        properties: { size: reference(quantity), child: reference("tree") },
      },
      [quantity]: QUANTITY,
      [OBJECT_META]: { type: "object", additionalProperties: false, properties: { name: { type: "string" } } },
    });
  });

  test("an unknown kind is reported", () => {
    expect(() => schemasFromOpenApi(openApi, ["v1/Forest"], "1.0")).toThrow(
      "Kubernetes 1.0 has no kind v1/Forest: correct test/schemas/kinds.ts",
    );
  });
});

describe("from resource definitions", () => {
  const leaf = { type: "object", properties: { size: { "x-kubernetes-int-or-string": true, pattern: "^a" } } };
  const crd: ResourceDefinition = {
    spec: {
      group: "woods.example",
      names: { kind: "Forest" },
      versions: [
        {
          name: "v1",
          schema: {
            openAPIV3Schema: {
              properties: {
                spec: {
                  type: "object",
                  description: "left out",
                  properties: {
                    first: leaf,
                    second: leaf,
                    open: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
                    labels: { type: "object", additionalProperties: { type: "string" } },
                  },
                },
              },
            },
          },
        },
      ],
    },
  };

  test("equal objects are one definition; only what is declared open stays open", () => {
    const { definitions } = schemasFromCrds([crd], ["Forest"], { id: "woods", release: "Woods 1.0" });
    expect(definitions).toMatchObject({
      spec: {
        additionalProperties: false,
        properties: {
          first: reference("first"),
          second: reference("first"),
          open: reference("open"),
          labels: { type: "object", additionalProperties: { type: "string" } },
        },
      },
      first: { additionalProperties: false, properties: { size: { ...INT_OR_STRING, pattern: "^a" } } },
      open: { type: "object", properties: {} },
    });
    expect(definitions.open).not.toHaveProperty("additionalProperties");
    expect(definitions.spec).not.toHaveProperty("description");
  });

  test("an unknown kind is reported", () => {
    expect(() => schemasFromCrds([crd], ["Workflow"], { id: "woods", release: "Woods 1.0" })).toThrow(
      "Woods 1.0 has no kind Workflow: correct test/schemas/kinds.ts",
    );
  });
});

test("a file has one definition a line, in order", () => {
  const rendered = renderSchemaFile({ $id: "x", $comment: "y", definitions: { b: { type: "string" }, a: {} } });
  expect(rendered).toBe(
    '{\n  "$id": "x",\n  "$comment": "y",\n  "definitions": {\n    "a": {},\n    "b": {"type":"string"}\n  }\n}\n',
  );
});
