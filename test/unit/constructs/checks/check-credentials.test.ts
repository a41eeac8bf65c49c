import { describe, expect, test } from "vitest";
import { checkCredentials } from "../../../../constructs/checks/check-credentials.ts";
import { federated, gitlabFile, pulumiSecret } from "../../../../constructs/index.ts";
import { expectProblems } from "../../../support/problems.ts";

const kubeconfig = gitlabFile("CUSTOMER_KUBECONFIG");

describe("checkCredentials", () => {
  test("takes a kubeconfig, and Argo CD's, from either source", () => {
    expect(checkCredentials({ kubeconfig, appsKubeconfig: gitlabFile("APPS_KUBECONFIG") })).toEqual([]);
    const stored = { kubeconfig: pulumiSecret("kubeconfig"), appsKubeconfig: pulumiSecret("apps") };
    expect(checkCredentials(stored)).toEqual([]);
  });

  test("refuses a GitLab variable that cannot be one and proposes another", () => {
    expectProblems(checkCredentials({ kubeconfig: gitlabFile("customer-kubeconfig") }), {
      property: "credentials.kubeconfig",
      received: '"customer-kubeconfig"',
      rule: "the name of a GitLab CI variable",
      fix: 'write gitlabFile("CUSTOMER_KUBECONFIG")',
    });
  });

  test.each([
    ["KUBECONFIG", "CUSTOMER_KUBECONFIG"],
    ["kubeconfig", "CUSTOMER_KUBECONFIG"],
    ["FINGERPRINT_KEY", "CUSTOMER_FINGERPRINT_KEY"],
    ["PATH", "CUSTOMER_PATH"],
    ["APPS_KUBECONFIG", "CUSTOMER_APPS_KUBECONFIG"],
  ])("refuses %s, which is not this customer's, and proposes one that passes", (variable, proposed) => {
    expectProblems(checkCredentials({ kubeconfig: gitlabFile(variable) }), {
      property: "credentials.kubeconfig",
      received: JSON.stringify(variable),
      rule: "for this customer alone: CUSTOMER_",
      fix: `write gitlabFile("${proposed}")`,
    });
    expect(checkCredentials({ kubeconfig: gitlabFile(proposed) })).toEqual([]);
  });

  test.each([
    ["", '""'],
    ["kube.config", '"kube.config"'],
    ["hunter 2", "a text of 8 characters"],
  ])("refuses the Pulumi key %j, and shows no more than a name of it", (key, shown) => {
    expectProblems(checkCredentials({ kubeconfig: pulumiSecret(key) }), {
      property: "credentials.kubeconfig",
      received: shown,
      rule: "a key of the Pulumi configuration",
      fix: 'write for instance pulumiSecret("kubeconfig")',
    });
  });

  const issuer = { url: "https://tokens.vendor.example" };

  test("takes federated() where the central cluster has an issuer, beside stored credentials", () => {
    const credentials = { kubeconfig: federated(), appsKubeconfig: gitlabFile("APPS_KUBECONFIG") };
    expect(checkCredentials(credentials, { issuer })).toEqual([]);
    expectProblems(checkCredentials(credentials, {}), {
      property: "credentials.kubeconfig",
      received: "federated()",
      rule: "central.json names it",
      fix: 'write "issuer": { "url": "https://..." } in central.json',
    });
  });

  test("refuses it for appsKubeconfig, which no pod of the lane could have a token for", () => {
    expectProblems(checkCredentials({ kubeconfig, appsKubeconfig: federated() }, { issuer }), {
      property: "credentials.appsKubeconfig",
      received: "federated()",
      rule: "a stored credential",
      fix: 'write gitlabFile("APPS_KUBECONFIG")',
    });
  });
});
