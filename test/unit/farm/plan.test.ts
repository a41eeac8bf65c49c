import { describe, expect, test } from "vitest";
import { centralCluster } from "../../../constructs/checks/read-central.ts";
import { allClusters, type FarmCustomer, linkName, planFarm } from "../../farm/plan.ts";

function customer(name: string, address: string, server = `https://k8s.${name}.example:6443`): FarmCustomer {
  return { name, address, server, namespace: "risk", credentials: [] };
}

describe("planFarm", () => {
  test("gives the central cluster the addresses of central.json and a volume for every lane", () => {
    const plan = planFarm(centralCluster(), [customer("nordbank", "10.64.1.10")]);
    expect(plan.central).toMatchObject({ id: "central", address: "10.64.0.10", port: 6443 });
    expect(plan.central.claims).toEqual([{ namespace: "customer-nordbank", name: "results" }]);
    expect(plan.hostAddress).toBe("10.64.0.1");
  });

  test("gives a customer the address and the name that its file declares", () => {
    const [nordbank] = planFarm(centralCluster(), [
      customer("nordbank", "192.168.7.9", "https://api.nordbank.example"),
    ]).customers;
    expect(nordbank).toMatchObject({ id: "customer-nordbank", address: "192.168.7.9", port: 443 });
    expect(nordbank?.hostnames).toEqual(["api.nordbank.example"]);
    expect(nordbank?.claims).toEqual([{ namespace: "risk", name: "results" }]);
  });

  test("gives the central cluster a second node when asked, with its own half of the pods' addresses", () => {
    const one = planFarm(centralCluster(), []).central;
    const two = planFarm(centralCluster(), [], { central: 2 }).central;
    expect(one.workers).toEqual([]);
    expect(two.node).toEqual(one.node);
    expect(two.workers.map(({ id, address }) => [id, address])).toEqual([["central-2", "10.64.0.11"]]);
    expect([two.node, ...two.workers].map(({ podRange }) => String(podRange))).toEqual([
      "10.60.0.0/17",
      "10.60.128.0/17",
    ]);
  });

  test("gives customers' clusters a second node when asked", () => {
    const [nordbank] = planFarm(centralCluster(), [customer("nordbank", "10.64.1.10")], { customer: 2 }).customers;
    expect(nordbank?.workers.map(({ id, address }) => [id, address])).toEqual([["customer-nordbank-2", "10.64.1.11"]]);
    const neighbours = [customer("one", "10.64.1.10"), customer("two", "10.64.1.11")];
    expect(() => planFarm(centralCluster(), neighbours, { customer: 2 })).toThrow(
      'customers/two.ts: cluster.address "10.64.1.11" is already the address of one\'s node customer-one-2.',
    );
  });

  test("keeps the second node's address free", () => {
    expect(() => planFarm(centralCluster(), [customer("one", "10.64.0.11")], { central: 2 })).toThrow(
      'customers/one.ts: cluster.address "10.64.0.11" is already the address of the central cluster\'s node central-2.',
    );
  });

  test("keeps a customer named central apart from the central cluster", () => {
    const ids = allClusters(planFarm(centralCluster(), [customer("central", "10.64.1.10")])).map(({ id }) => id);
    expect(ids).toEqual(["central", "customer-central"]);
  });

  test("names every address that cannot be used, and why", () => {
    const customers = [
      customer("one", "10.64.1.10"),
      customer("two", "10.64.1.10"),
      customer("three", "10.64.0.10"),
      customer("four", "10.60.3.4"),
    ];
    expect(() => planFarm(centralCluster(), customers)).toThrow(
      [
        'customers/two.ts: cluster.address "10.64.1.10" is already the address of customer one.',
        'customers/three.ts: cluster.address "10.64.0.10" is already the address of the central cluster.',
        'customers/four.ts: cluster.address "10.60.3.4" lies in 10.60.0.0/16, a range of pods or Services in the farm.',
      ].join("\n"),
    );
  });
});

test("linkName fits the kernel's 15 characters and differs for similar names", () => {
  const names = ["customer-a", "customer-b", `customer-${"x".repeat(40)}`].map(linkName);
  expect(new Set(names).size).toBe(3);
  for (const name of names) {
    expect(name).toMatch(/^nlf[0-9a-f]{10}$/);
  }
});
