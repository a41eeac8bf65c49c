import { describe, expect, test } from "vitest";
import type { Manifest } from "../../../constructs/kubernetes/manifest.ts";
import { knownRange, overlap, parseRange, subtract } from "../../../isolation/network/address.ts";
import { PointIndex } from "../../../isolation/network/point-index.ts";
import { readPolicy } from "../../../isolation/network/policy.ts";
import { coversPort, parsePorts, showPorts } from "../../../isolation/network/ports.ts";
import { namespaceNames, selects, selectsEverything } from "../../../isolation/network/selector.ts";
import { mayConnect, type Place } from "./may-connect.ts";

const NAME = "kubernetes.io/metadata.name";

function policy(spec: object, namespace = "a"): Manifest {
  return { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata: { name: "p", namespace }, spec };
}

function pod(namespace: string, labels: Record<string, string> = {}, more: Record<string, string> = {}): Place {
  return { pod: { namespace, namespaceLabels: { [NAME]: namespace, ...more }, labels } };
}

/** Whether a pod of namespace `a` labelled `app: web` may connect under policies with these specs. */
function may(
  direction: "egress" | "ingress",
  place: Place,
  specs: readonly object[],
  port = 443,
  protocol = "TCP",
): boolean {
  return mayConnect(
    specs.map((spec) => readPolicy(policy(spec))),
    { app: "web" },
    direction,
    place,
    protocol,
    port,
  );
}

describe("addresses", () => {
  test.each([
    ["10.0.0.0/8", 4, 2n ** 24n],
    ["10.1.2.3", 4, 1n],
    ["10.1.2.3/31", 4, 2n],
    ["0.0.0.0/0", 4, 2n ** 32n],
    ["::/0", 6, 2n ** 128n],
    ["fe80::1", 6, 1n],
    ["2001:db8::/64", 6, 2n ** 64n],
    ["::ffff:10.0.0.1", 4, 1n],
    ["::ffff:10.0.0.0/120", 4, 256n],
  ])("reads %s", (cidr, family, size) => {
    const range = knownRange(cidr);
    expect(range.family).toBe(family);
    expect(range.last - range.first + 1n).toBe(size);
  });

  test.each(["10.0.0.0/33", "10.0.0", "10.0.0.0/8/8", "10.0.0.0/", "::/129", "host", "", "010.0.0.1"])(
    "does not read %s",
    (cidr) => expect(parseRange(cidr)).toBeUndefined(),
  );

  test("takes holes out of a range", () => {
    const rest = subtract(knownRange("10.0.0.0/8"), ["10.60.0.0/16", "10.0.0.0/16", "10.255.0.0/16"].map(knownRange));
    expect(rest.some((part) => overlap(part, knownRange("10.60.1.1")))).toBe(false);
    expect(rest.some((part) => overlap(part, knownRange("10.0.0.0")))).toBe(false);
    expect(rest.some((part) => overlap(part, knownRange("10.255.255.255")))).toBe(false);
    expect(rest.some((part) => overlap(part, knownRange("10.59.255.255")))).toBe(true);
    expect(rest.some((part) => overlap(part, knownRange("10.61.0.0")))).toBe(true);
    expect(subtract(knownRange("10.0.0.1"), [knownRange("0.0.0.0/0")])).toEqual([]);
  });

  test("never takes IPv4 for IPv6", () => {
    expect(overlap(knownRange("0.0.0.0/0"), knownRange("::/0"))).toBe(false);
  });

  test("finds the points in a range, whatever order they came in", () => {
    const index = new PointIndex([
      ["10.0.0.9", "nine"],
      ["10.0.0.1", "one"],
      ["10.0.0.5", "five"],
      ["10.0.0.5", "five again"],
      ["nonsense", "never"],
    ]);
    expect(index.within(knownRange("10.0.0.0/29"))).toEqual(["one", "five", "five again"]);
    expect(index.within(knownRange("10.0.0.9"))).toEqual(["nine"]);
    expect(index.within(knownRange("10.0.1.0/24"))).toEqual([]);
    expect(index.within(knownRange("::/0"))).toEqual([]);
  });
});

describe("label selectors", () => {
  const labels = { team: "risk", tier: "front" };

  test.each([
    [{}, true],
    [undefined, true],
    [{ matchLabels: { team: "risk" } }, true],
    [{ matchLabels: { team: "risk", tier: "back" } }, false],
    [{ matchExpressions: [{ key: "team", operator: "In", values: ["risk", "other"] }] }, true],
    [{ matchExpressions: [{ key: "absent", operator: "In", values: ["risk"] }] }, false],
    [{ matchExpressions: [{ key: "absent", operator: "NotIn", values: ["risk"] }] }, true],
    [{ matchExpressions: [{ key: "team", operator: "NotIn", values: ["risk"] }] }, false],
    [{ matchExpressions: [{ key: "team", operator: "Exists" }] }, true],
    [{ matchExpressions: [{ key: "team", operator: "DoesNotExist" }] }, false],
    [{ matchLabels: { team: "risk" }, matchExpressions: [{ key: "tier", operator: "In", values: ["back"] }] }, false],
  ])("%j chooses: %s", (selector, expected) => expect(selects(selector, labels)).toBe(expected));

  test("tells an empty selector from none", () => {
    expect(selectsEverything({})).toBe(true);
    expect(selectsEverything({ matchLabels: {} })).toBe(true);
    expect(selectsEverything(undefined)).toBe(false);
    expect(selectsEverything({ matchLabels: { a: "b" } })).toBe(false);
  });

  test.each([
    [{ matchLabels: { [NAME]: "x" } }, ["x"]],
    [{ matchExpressions: [{ key: NAME, operator: "In", values: ["x", "y"] }] }, ["x", "y"]],
    [{ matchLabels: { [NAME]: "x" }, matchExpressions: [{ key: NAME, operator: "In", values: ["y"] }] }, []],
    [{ matchLabels: { [NAME]: "x", team: "risk" } }, undefined],
    [{ matchExpressions: [{ key: NAME, operator: "NotIn", values: ["x"] }] }, undefined],
    [{ matchExpressions: [{ key: NAME, operator: "Exists" }] }, undefined],
    [{}, undefined],
  ])("%j names %j", (selector, names) => expect(namespaceNames(selector)).toEqual(names));
});

describe("ports", () => {
  test("are all of them where none is named", () => {
    expect(coversPort(parsePorts([]), "SCTP", 65535)).toBe(true);
    expect(coversPort(parsePorts(undefined), "UDP", 1)).toBe(true);
    expect(showPorts(parsePorts([]))).toBe("every port");
  });

  test("are TCP where no protocol is named", () => {
    expect(coversPort(parsePorts([{ port: 53 }]), "TCP", 53)).toBe(true);
    expect(coversPort(parsePorts([{ port: 53 }]), "UDP", 53)).toBe(false);
  });

  test("are every port of a protocol where only that is named, and where a port has a name", () => {
    expect(coversPort(parsePorts([{ protocol: "UDP" }]), "UDP", 9999)).toBe(true);
    expect(coversPort(parsePorts([{ protocol: "UDP" }]), "TCP", 9999)).toBe(false);
    expect(coversPort(parsePorts([{ port: "https" }]), "TCP", 8443)).toBe(true);
    expect(showPorts(parsePorts([{ port: "https" }, { port: 1, endPort: 9 }]))).toBe("https/TCP, 1-9/TCP");
  });

  test("reach to the end of a range", () => {
    const ports = parsePorts([{ port: 100, endPort: 200 }]);
    expect([99, 100, 200, 201].map((port) => coversPort(ports, "TCP", port))).toEqual([false, true, true, false]);
  });
});

describe("network policies", () => {
  const anyone: Place = { address: "198.51.100.1" };

  test("let everything through where none selects the pod", () => {
    expect(may("egress", anyone, [])).toBe(true);
    expect(may("egress", anyone, [{ podSelector: { matchLabels: { app: "other" } }, policyTypes: ["Egress"] }])).toBe(
      true,
    );
  });

  test("isolate only in the directions of policyTypes", () => {
    const egressOnly = [{ podSelector: {}, policyTypes: ["Egress"] }];
    expect(may("egress", anyone, egressOnly)).toBe(false);
    expect(may("ingress", anyone, egressOnly)).toBe(true);
  });

  test("without policyTypes isolate ingress, and egress only with an egress rule", () => {
    expect(may("ingress", anyone, [{ podSelector: {} }])).toBe(false);
    expect(may("egress", anyone, [{ podSelector: {} }])).toBe(true);
    const withRule = [{ podSelector: {}, egress: [{ to: [{ ipBlock: { cidr: "10.0.0.0/8" } }] }] }];
    expect(may("egress", anyone, withRule)).toBe(false);
    expect(may("egress", { address: "10.1.1.1" }, withRule)).toBe(true);
  });

  test("ignore rules in a direction that is not among policyTypes", () => {
    const spec = { podSelector: {}, policyTypes: ["Ingress"], egress: [{ to: [{ ipBlock: { cidr: "10.0.0.0/8" } }] }] };
    expect(readPolicy(policy(spec)).allowances).toEqual([]);
  });

  test("take an empty rule and empty peers for everything", () => {
    expect(may("egress", anyone, [{ podSelector: {}, policyTypes: ["Egress"], egress: [{}] }])).toBe(true);
    const onePort = [{ podSelector: {}, policyTypes: ["Egress"], egress: [{ to: [], ports: [{ port: 443 }] }] }];
    expect(may("egress", anyone, onePort, 443)).toBe(true);
    expect(may("egress", anyone, onePort, 444)).toBe(false);
  });

  test("add up", () => {
    const deny = { podSelector: {}, policyTypes: ["Ingress", "Egress"] };
    const allow = { podSelector: { matchLabels: { app: "web" } }, policyTypes: ["Egress"], egress: [{}] };
    expect(may("egress", anyone, [deny])).toBe(false);
    expect(may("egress", anyone, [deny, allow])).toBe(true);
  });

  test("leave out the holes of a block", () => {
    const spec = {
      podSelector: {},
      policyTypes: ["Egress"],
      egress: [{ to: [{ ipBlock: { cidr: "10.0.0.0/8", except: ["10.60.0.0/16"] } }] }],
    };
    expect(may("egress", { address: "10.59.0.1" }, [spec])).toBe(true);
    expect(may("egress", { address: "10.60.0.1" }, [spec])).toBe(false);
    expect(may("egress", { address: "::ffff:10.59.0.1" }, [spec])).toBe(true);
  });

  test("read a peer with both selectors as both, and one without a namespace selector as their own namespace", () => {
    const both = [
      { from: [{ namespaceSelector: { matchLabels: { [NAME]: "b" } }, podSelector: { matchLabels: { app: "db" } } }] },
    ];
    const ingress = [{ podSelector: {}, policyTypes: ["Ingress"], ingress: both }];
    expect(may("ingress", pod("b", { app: "db" }), ingress)).toBe(true);
    expect(may("ingress", pod("b", { app: "x" }), ingress)).toBe(false);
    expect(may("ingress", pod("a", { app: "db" }), ingress)).toBe(false);
    const own = [{ podSelector: {}, policyTypes: ["Ingress"], ingress: [{ from: [{ podSelector: {} }] }] }];
    expect(may("ingress", pod("a"), own)).toBe(true);
    expect(may("ingress", pod("b"), own)).toBe(false);
    expect(may("ingress", { address: "10.0.0.1" }, own)).toBe(false);
  });

  test("read two peers as either", () => {
    const spec = {
      podSelector: {},
      policyTypes: ["Ingress"],
      ingress: [
        {
          from: [
            { namespaceSelector: { matchLabels: { [NAME]: "b" } } },
            { podSelector: { matchLabels: { app: "db" } } },
          ],
        },
      ],
    };
    expect(may("ingress", pod("b"), [spec])).toBe(true);
    expect(may("ingress", pod("a", { app: "db" }), [spec])).toBe(true);
    expect(may("ingress", pod("a", { app: "x" }), [spec])).toBe(false);
  });

  test("choose all namespaces by an empty selector", () => {
    const spec = { podSelector: {}, policyTypes: ["Ingress"], ingress: [{ from: [{ namespaceSelector: {} }] }] };
    expect(may("ingress", pod("anything"), [spec])).toBe(true);
  });

  test("take a block that cannot be read for every address", () => {
    const spec = { podSelector: {}, policyTypes: ["Egress"], egress: [{ to: [{ ipBlock: { cidr: "10.0.0.0/99" } }] }] };
    expect(may("egress", anyone, [spec])).toBe(true);
  });
});
