import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { Manifest } from "../../../constructs/kubernetes/manifest.ts";
import { toYaml } from "../../../infra/yaml.ts";
import { customers } from "../../support/customers.ts";
import { manifestsOf, platformManifests } from "../../support/manifests.ts";
import { runnerDocument, template } from "../../support/night.ts";
import { schemaErrors } from "../../support/schemas.ts";

const sides: readonly (readonly [string, readonly Manifest[]])[] = [
  ["platform", platformManifests()],
  ...customers.flatMap((customer) => {
    const { lane, customerSide, apps } = manifestsOf(customer);
    return [
      [customer.name, lane],
      [`${customer.name}/customer-side`, customerSide],
      [`${customer.name}/apps`, apps],
    ] as const;
  }),
];

describe.each(sides)("%s", (_, manifests) => {
  test("agrees with the schemas of Kubernetes and Argo, read as YAML 1.1 as their tools do", () => {
    const errors = manifests.flatMap((manifest) => {
      const asRead: Manifest = parse(toYaml(manifest), { version: "1.1" });
      return schemaErrors(asRead).map((error) => `${manifest.kind}/${manifest.metadata.name}: ${error}`);
    });
    expect(errors).toEqual([]);
  });

  test("names and labels are what the API server takes", () => {
    for (const { kind, metadata } of manifests) {
      expect(metadata.name, kind).toMatch(/^[a-z0-9]([a-z0-9.:-]{0,251}[a-z0-9])?$/);
      for (const [key, value] of Object.entries(metadata.labels ?? {})) {
        expect(key, kind).toMatch(/^([a-z0-9.-]{1,253}\/)?[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/);
        expect(value, `${kind} ${key}`).toMatch(/^([A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?)?$/);
      }
    }
  });

  test("no two objects are the same one", () => {
    const keys = manifests.map(({ apiVersion, kind, metadata }) => `${apiVersion} ${kind} ${metadata.name}`);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe.each(customers.map((customer) => [customer.name, customer] as const))("Spark Jobs of %s", (_, customer) => {
  const names = customer.workflow.steps.filter(({ work }) => work.kind === "spark").map(({ name }) => name);

  test.each(names)("%s", (name) => {
    const { spark } = runnerDocument(template(customer, `run-${name}`)) as unknown as {
      readonly spark: { readonly job: Manifest };
    };
    // The runner names the Job.
    const job: Manifest = { ...spark.job, metadata: { ...spark.job.metadata, name } };
    expect(schemaErrors(job)).toEqual([]);
  });
});
