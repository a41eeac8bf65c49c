import { expect, test } from "vitest";
import { customerEnvironment, exportLines } from "../../farm/environment.ts";
import { FarmPaths } from "../../farm/paths.ts";
import { statusTable } from "../../farm/status.ts";

test("the status table lines its columns up and names what ended", () => {
  const created = "2026-03-31T20:00:00Z";
  const table = statusTable(
    [
      {
        cluster: "central",
        address: "10.64.0.10",
        api: true,
        node: true,
        pods: { running: 3, all: 4 },
        ended: [],
        created,
      },
      {
        cluster: "nordbank",
        address: "10.64.1.10",
        api: false,
        node: false,
        pods: { running: 0, all: 0 },
        ended: ["etcd"],
        created,
      },
    ],
    new Date("2026-03-31T22:05:00Z"),
  );
  expect(table).toBe(
    [
      "CLUSTER   ADDRESS     API        NODE       PODS  AGE",
      "central   10.64.0.10  ready      ready      3/4   2h5m",
      "nordbank  10.64.1.10  no answer  not ready  0/0   2h5m  ended: etcd",
    ].join("\n"),
  );
});

test("a customer's environment names the files that its definition's variables stand for", () => {
  const credentials = [
    { file: "nightlane.kubeconfig", account: "nightlane", variable: "CUSTOMER_KUBECONFIG" },
    { file: "argocd.kubeconfig", account: "argocd" },
  ];
  const customer = { name: "nordbank", server: "", address: "", namespace: "risk", credentials };
  expect(customerEnvironment(new FarmPaths("/farm"), customer)).toEqual({
    NIGHTLANE_CUSTOMER_CA_FILE: "/farm/customers/nordbank/ca.pem",
    CUSTOMER_KUBECONFIG: "/farm/customers/nordbank/nightlane.kubeconfig",
  });
});

test("export lines can be evaluated by a shell", () => {
  expect(exportLines({ NIGHTLANE_FARM: "/it's" }, ["/farm/bin"])).toBe(
    `export NIGHTLANE_FARM='/it'\\''s'\nexport PATH='/farm/bin':"$PATH"`,
  );
});
