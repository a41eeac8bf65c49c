import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { destination } from "../../../constructs/apps/destination.ts";
import { clusterConfig } from "../../../infra/app-credentials.ts";
import { testCustomer } from "../../support/customer.ts";
import { CANARY, kubeconfig } from "../../support/kubeconfig.ts";

describe("the credential of a registered cluster", () => {
  test("is the token, under the inline authority, with the server's name checked", () => {
    const config = JSON.parse(clusterConfig(testCustomer(), kubeconfig()));
    expect(config).toEqual({
      bearerToken: CANARY,
      tlsClientConfig: { serverName: "k8s.testbank.example", caData: expect.stringMatching(/^LS0tLS1CRUdJTi/) },
    });
  });

  test("goes by the customer's proxy where there is one", () => {
    const customer = testCustomer({ cluster: { address: undefined, proxy: { address: "192.0.2.9", port: 3128 } } });
    expect(JSON.parse(clusterConfig(customer, kubeconfig()))).toMatchObject({ proxyUrl: "http://192.0.2.9:3128" });
    expect(destination(customer).server).toBe("https://k8s.testbank.example:6443");
  });

  test("is the client certificate where there is one", () => {
    const text = stringify({
      clusters: [{ cluster: { "certificate-authority-data": "Q0E=" } }],
      users: [{ user: { "client-certificate-data": "Y2VydA==", "client-key-data": "a2V5" } }],
    });
    expect(JSON.parse(clusterConfig(testCustomer(), text))).toEqual({
      tlsClientConfig: {
        serverName: "k8s.testbank.example",
        caData: "Q0E=",
        certData: "Y2VydA==",
        keyData: "a2V5",
      },
    });
  });
});
