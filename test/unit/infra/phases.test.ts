import * as pulumi from "@pulumi/pulumi";
import { beforeEach, describe, expect, test } from "vitest";
import type { Manifest } from "../../../constructs/kubernetes/manifest.ts";
import { Fingerprints } from "../../../constructs/platform/fingerprints.ts";
import { render } from "../../../constructs/synthesize.ts";
import { createInPhases } from "../../../infra/phases.ts";
import { customers } from "../../support/customers.ts";
import { manifestsOf, platformManifests } from "../../support/manifests.ts";

interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

let registered: Registered[];
let parent: pulumi.Resource;

beforeEach(async () => {
  registered = [];
  await pulumi.runtime.setMocks({
    call: ({ inputs }) => inputs,
    newResource: ({ type, name, inputs }) => {
      registered.push({ type, name, inputs });
      return { id: name, state: inputs };
    },
  });
  parent = new pulumi.ComponentResource("nightlane:index:Test", "test");
});

/** Registers the objects and waits until Pulumi knows of all of them. */
async function register(manifests: readonly Manifest[]): Promise<readonly Registered[]> {
  const last = createInPhases(manifests, { parent });
  await Promise.all(last.map(({ urn }) => new Promise<void>((resolve) => void urn.apply(() => resolve()))));
  return registered.filter(({ type }) => type.startsWith("kubernetes:"));
}

const stacks: readonly (readonly [string, readonly Manifest[]])[] = [
  ["platform", platformManifests()],
  ["fingerprints", render((app) => new Fingerprints(app, "fingerprints", { customer: "x", digests: ["00", "11"] }))],
  ...customers.flatMap((customer) => {
    const { lane, apps } = manifestsOf(customer);
    return [[customer.name, lane] as const, ...(apps.length === 0 ? [] : [[`${customer.name}'s apps`, apps] as const])];
  }),
];

describe("createInPhases", () => {
  test.each(stacks)("has a phase and a typed resource for every object of %s", async (_, manifests) => {
    const resources = await register(manifests);
    const names = manifests.map(({ kind, metadata }) => `${kind.toLowerCase()}-${metadata.name}`);
    expect(resources.map(({ name }) => name).sort()).toEqual([...names].sort());
  });

  test("puts the boundary before the credential, and the credential before what runs", async () => {
    const [customer] = customers;
    const lane = customer === undefined ? [] : manifestsOf(customer).lane;
    const order = (await register([...lane].reverse())).map(({ name }) => name.replace(/-.*/, ""));
    const first = (kind: string): number => order.indexOf(kind);
    const last = (kind: string): number => order.lastIndexOf(kind);
    expect(order[0]).toBe("namespace");
    for (const boundary of ["networkpolicy", "resourcequota", "limitrange", "role"]) {
      expect(last(boundary), boundary).toBeLessThan(first("secret"));
      expect(last(boundary), boundary).toBeLessThan(first("rolebinding"));
    }
    expect(last("secret")).toBeLessThan(first("workflowtemplate"));
    expect(order.at(-1)).toBe("cronworkflow");
  });

  test("does not wait for a volume, which is bound when its first pod starts", async () => {
    const [customer] = customers;
    const resources = await register(customer === undefined ? [] : manifestsOf(customer).lane);
    expect(resources.find(({ name }) => name === "persistentvolumeclaim-results")?.inputs).toMatchObject({
      metadata: { annotations: { "pulumi.com/skipAwait": "true" } },
    });
  });

  test("refuses a kind that nobody gave a phase, before anything is registered", () => {
    const known: Manifest = { apiVersion: "v1", kind: "Namespace", metadata: { name: "x" } };
    expect(() => createInPhases([known, { ...known, kind: "Pod" }], { parent })).toThrow(
      "no phase for Pod: add the kind to PHASES in infra/phases.ts",
    );
    expect(registered.filter(({ type }) => type.startsWith("kubernetes:"))).toEqual([]);
  });

  test("refuses a version of a kind that nobody gave a resource", () => {
    const old: Manifest = { apiVersion: "v1beta1", kind: "Namespace", metadata: { name: "x" } };
    expect(() => createInPhases([old], { parent })).toThrow(
      "no Pulumi resource for v1beta1/Namespace: add the kind to infra/resources.ts",
    );
  });
});
