import { describe, expect, test } from "vitest";
import { checkCredentials } from "../../../../constructs/checks/check-credentials.ts";
import { gitlabFile, pulumiSecret } from "../../../../constructs/index.ts";
import { expectProblems } from "../../../support/problems.ts";

const kubeconfig = gitlabFile("CUSTOMER_KUBECONFIG");

describe("checkCredentials", () => {
  test("takes a kubeconfig and further tokens from either source", () => {
    const credentials = { kubeconfig, marketDataToken: pulumiSecret("market-data"), "vendor-key": gitlabFile("KEY_2") };
    expect(checkCredentials(credentials)).toEqual([]);
  });

  test.each(["market data", "../token", "token-", "token.json", "1token", ""])("refuses the name %j", (name) => {
    expectProblems(checkCredentials({ kubeconfig, [name]: gitlabFile("TOKEN") }), {
      property: `credentials.${name}`,
      received: JSON.stringify(name),
      rule: "it becomes the file /credentials/<name>",
      mend: "rename the property",
    });
  });

  test("refuses a GitLab variable that cannot be one and proposes another", () => {
    expectProblems(checkCredentials({ kubeconfig: gitlabFile("customer-kubeconfig") }), {
      property: "credentials.kubeconfig",
      received: '"customer-kubeconfig"',
      rule: "the name of a GitLab CI variable",
      mend: 'write gitlabFile("CUSTOMER_KUBECONFIG")',
    });
  });

  test("refuses KUBECONFIG, which names the central cluster", () => {
    expectProblems(checkCredentials({ kubeconfig: gitlabFile("KUBECONFIG") }), {
      property: "credentials.kubeconfig",
      received: '"KUBECONFIG"',
      rule: "read that variable as the central cluster's own kubeconfig",
      mend: 'write gitlabFile("CUSTOMER_KUBECONFIG")',
    });
  });

  test.each(["", "nightlane:kubeconfig", "kube config"])("refuses the Pulumi key %j", (key) => {
    expectProblems(checkCredentials({ kubeconfig: pulumiSecret(key) }), {
      property: "credentials.kubeconfig",
      received: JSON.stringify(key),
      rule: "a key of the Pulumi configuration",
      mend: 'write for instance pulumiSecret("kubeconfig")',
    });
  });
});
