import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { gitlabFile, helmApp } from "../../../constructs/index.ts";
import type { Manifest } from "../../../constructs/kubernetes/manifest.ts";
import { toYaml } from "../../../infra/yaml.ts";
import { testCustomer } from "../../support/customer.ts";
import { find, manifestsOf } from "../../support/manifests.ts";
import { schemaErrors } from "../../support/schemas.ts";

const app = helmApp({ repository: "https://git.example/pricing.git", revision: "v1.0", chart: "pricing" });
const { lane, customerSide, apps } = manifestsOf(
  testCustomer({
    credentials: { kubeconfig: gitlabFile("CUSTOMER_KUBECONFIG"), appsKubeconfig: gitlabFile("APPS_KUBECONFIG") },
    apps: { pricing: app },
  }),
);
const project = find(apps, "AppProject");
const application = find(apps, "Application");
const quota = find(lane, "ResourceQuota");
const night = find(lane, "WorkflowTemplate", /^night-/);
const files = find(customerSide, "Deployment");

/** A copy of an object in which the text of its JSON was changed at one place. */
function changed(manifest: Manifest, from: string, to: string): Manifest {
  const text = JSON.stringify(manifest);
  expect(text).toContain(from);
  return JSON.parse(text.replace(from, to));
}

describe("the schemas", () => {
  test("take the objects that the others are made from", () => {
    expect([quota, night, files, project, application].flatMap(schemaErrors)).toEqual([]);
  });

  test.each([
    ["a misspelt key", changed(quota, '"hard"', '"hart"'), "/spec must NOT have additional properties (hart)"],
    [
      "a misspelt key deep in a pod",
      changed(files, '"readOnlyRootFilesystem"', '"readOnlyRootFileSystem"'),
      "securityContext must NOT have additional properties (readOnlyRootFileSystem)",
    ],
    [
      "a misspelt key deep in a night",
      changed(night, '"failFast"', '"failfast"'),
      "/dag must NOT have additional properties (failfast)",
    ],
    ["a misspelt key in the metadata", changed(quota, '"labels"', '"label"'), "/metadata must NOT have"],
    ["a key beside spec", changed(quota, '"spec"', '"specs"'), " must NOT have additional properties (specs)"],
    ["a status", { ...files, status: {} }, "(status)"],
    ["a number where a string belongs", changed(quota, '"pods":"7"', '"pods":true'), "/spec/hard/pods must be"],
    ["an amount that is none", changed(quota, '"pods":"7"', '"pods":"eleven"'), "/spec/hard/pods must match pattern"],
    ["text where a number belongs", changed(files, '"replicas":1', '"replicas":"1"'), "/spec/replicas must be integer"],
    [
      "a missing selector",
      changed(files, '"selector":', '"minReadySeconds":1,"x":'),
      "must have required property 'selector'",
    ],
    ["a value that Argo does not know", changed(night, '"OnPodSuccess"', '"Never"'), "must be equal to one of"],
    [
      "a misspelt limit of a project",
      changed(project, '"namespaceResourceWhitelist"', '"namespaceResourcesWhitelist"'),
      "/spec must NOT have additional properties (namespaceResourcesWhitelist)",
    ],
    [
      "a misspelt source of an application",
      changed(application, '"targetRevision"', '"revision"'),
      "/spec/source must NOT have additional properties (revision)",
    ],
    [
      "an application without a project",
      changed(application, '"project":"customer-testbank",', ""),
      "must have required property 'project'",
    ],
    [
      "a number where a repository belongs",
      changed(application, '"repoURL":"https://git.example/pricing.git"', '"repoURL":1'),
      "/spec/source/repoURL must be string",
    ],
    ["an unknown kind", { ...quota, kind: "ResourceQuotas" }, "no schema of v1/ResourceQuotas"],
    ["an old version", { ...files, apiVersion: "apps/v1beta1" }, "no schema of apps/v1beta1/Deployment"],
  ])("refuse %s", (_, manifest, error) => {
    expect(schemaErrors(manifest).join("\n")).toContain(error);
  });

  test("refuse a bare `no`, which YAML 1.1 reads as a boolean", () => {
    const yaml = toYaml(night);
    const careless = yaml.replace('default: "no"', "default: no");
    expect(careless).not.toBe(yaml);
    expect(schemaErrors(parse(careless, { version: "1.1" })).join("\n")).toMatch(/valueFrom\/default must be string/);
  });
});
