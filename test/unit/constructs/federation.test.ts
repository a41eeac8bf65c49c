import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { checkKubeconfig, federatedKubeconfig } from "../../../constructs/checks/check-kubeconfig.ts";
import { centralCluster } from "../../../constructs/checks/read-central.ts";
import { federated } from "../../../constructs/index.ts";
import type { Manifest } from "../../../constructs/kubernetes/manifest.ts";
import { writeAuthentication } from "../../../infra/authentication-output.ts";
import { readCredentials } from "../../../infra/credentials.ts";
import { fingerprints } from "../../../infra/fingerprint.ts";
import { provedCustomer } from "../../../infra/proved.ts";
import { certificate } from "../../support/certificates.ts";
import { testCustomer } from "../../support/customer.ts";

const FILE = "customers/testbank.ts";
const customer = testCustomer({ credentials: { kubeconfig: federated() } });
const plain = testCustomer();
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nightlane-federation-"));
  Object.assign(centralCluster(), { issuer: { url: "https://tokens.vendor.example", ca: certificate("valid") } });
});

afterEach(() => {
  Reflect.deleteProperty(centralCluster(), "issuer");
  rmSync(folder, { recursive: true });
});

const called = (manifests: readonly Manifest[], kind: string, name: string): Manifest | undefined =>
  manifests.find((manifest) => manifest.kind === kind && manifest.metadata.name === name);

describe("a federated customer", () => {
  test("has in each runner a token for an hour that is for this customer alone", () => {
    const templates = provedCustomer(customer, FILE).lane.filter(({ kind }) => kind === "WorkflowTemplate");
    const volumes = templates.flatMap(({ spec }) => (spec as { readonly volumes: readonly object[] }).volumes);
    const credentials = volumes.filter((volume) => "name" in volume && volume.name === "credentials");
    // The night and the reaper; who reads kept logs has no credential at all.
    expect(credentials).toHaveLength(2);
    for (const volume of credentials) {
      expect(volume).toEqual({
        name: "credentials",
        projected: {
          defaultMode: 0o440,
          sources: [
            { secret: { name: "credential" } },
            {
              serviceAccountToken: {
                path: "federated-token",
                audience: "nightlane/customer-testbank",
                expirationSeconds: 3600,
              },
            },
          ],
        },
      });
    }
  });

  test("is a user in its own cluster, and has no service account there whose token could be stored", () => {
    const side = provedCustomer(customer, FILE).customerSide;
    expect(called(side, "ServiceAccount", "nightlane")).toBeUndefined();
    expect(called(side, "RoleBinding", "nightlane")).toMatchObject({
      subjects: [{ kind: "User", name: "nightlane:system:serviceaccount:customer-testbank:executor" }],
    });
    const stored = provedCustomer(plain, FILE).customerSide;
    expect(called(side, "Role", "nightlane")).toEqual(called(stored, "Role", "nightlane"));
    expect(called(stored, "ServiceAccount", "nightlane")).toBeDefined();
  });

  test("tells its API server to take the tokens of this lane, for this audience, from this issuer", () => {
    writeAuthentication(folder, customer);
    expect(parse(readFileSync(join(folder, "api-server", "authentication.yaml"), "utf8"))).toEqual({
      apiVersion: "apiserver.config.k8s.io/v1beta1",
      kind: "AuthenticationConfiguration",
      jwt: [
        {
          issuer: {
            url: "https://tokens.vendor.example",
            audiences: ["nightlane/customer-testbank"],
            certificateAuthority: certificate("valid"),
          },
          claimValidationRules: [{ claim: "sub", requiredValue: "system:serviceaccount:customer-testbank:executor" }],
          claimMappings: { username: { claim: "sub", prefix: "nightlane:" } },
        },
      ],
    });
  });

  test("lets its deployer look at its cluster, and no other's", () => {
    const rules = (definition: typeof customer) =>
      called(provedCustomer(definition, FILE).deployer, "Role", "deployer")?.rules as readonly object[];
    const right = {
      apiGroups: [""],
      resources: ["serviceaccounts/token"],
      resourceNames: ["executor"],
      verbs: ["create"],
    };
    expect(rules(customer)).toContainEqual(right);
    expect(JSON.stringify(rules(plain))).not.toContain("serviceaccounts/token");
  });

  test("is deployed with a kubeconfig in which no secret is, from no variable at all", async () => {
    const { kubeconfig = "" } = await readCredentials(customer, FILE);
    expect(parse(kubeconfig)).toMatchObject({
      clusters: [{ cluster: { server: "https://k8s.testbank.example:6443" } }],
      users: [{ user: { tokenFile: "federated-token" } }],
    });
    // Handed in, one that reads a file is refused as ever.
    expect(checkKubeconfig(kubeconfig, customer).map(({ received }) => received)).toContain("tokenFile");
  });

  test("keeps its fingerprints whatever token it has, and they are no other customer's in the same cluster", () => {
    const other = testCustomer({ name: "otherbank", credentials: { kubeconfig: federated() } });
    const of = (definition: typeof customer) =>
      fingerprints("a key of at least thirty-two characters", definition, federatedKubeconfig(definition));
    expect(of(customer)).toEqual(of(customer));
    expect(of(customer)).toHaveLength(3);
    expect(of(other).filter((digest) => of(customer).includes(digest))).toEqual([]);
  });
});

test("a customer with a kubeconfig has none of that", () => {
  writeAuthentication(folder, plain);
  expect(() => readFileSync(join(folder, "api-server", "authentication.yaml"))).toThrow("ENOENT");
});
