import { afterEach, describe, expect, test, vi } from "vitest";
import { checkKubeconfig } from "../../../../constructs/checks/check-kubeconfig.ts";
import { UserError } from "../../../../constructs/definition/problem.ts";
import { certificate } from "../../../support/certificates.ts";
import { testCustomer } from "../../../support/customer.ts";
import { base64, CANARY, type KubeconfigChanges, kubeconfig } from "../../../support/kubeconfig.ts";
import { expectProblems } from "../../../support/problems.ts";

const definition = testCustomer();
const flatten = "kubectl config view --raw --minify --flatten";
const reissue = "issue a token for the service account nightlane";

function check(changes: KubeconfigChanges = {}) {
  const problems = checkKubeconfig(kubeconfig(changes), definition);
  expect(JSON.stringify(problems)).not.toContain(CANARY);
  return problems;
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("checkKubeconfig", () => {
  test("takes one context with a token", () => {
    expect(check()).toEqual([]);
  });

  test("takes a client certificate in place of the token, and JSON in place of YAML", () => {
    const user = {
      token: undefined,
      "client-certificate-data": base64(certificate("server")),
      "client-key-data": base64(CANARY),
    };
    expect(check({ user })).toEqual([]);
    expect(checkKubeconfig(JSON.stringify({ hello: CANARY }), definition).length).toBeGreaterThan(0);
  });

  test.each([
    ["nothing", ""],
    ["a bare token", CANARY],
    ["a list", `- ${CANARY}`],
    ["broken YAML", `token: "${CANARY}`],
    ["two of the same key", `token: ${CANARY}\ntoken: ${CANARY}`],
  ])("refuses %s, and does not quote it", (_, text) => {
    const problems = checkKubeconfig(text, definition);
    expectProblems(problems, {
      property: "credentials.kubeconfig: (file)",
      received: "no YAML mapping",
      rule: "a kubeconfig",
      fix: flatten,
    });
    expect(JSON.stringify(problems)).not.toContain(CANARY);
  });

  test("tells all mistakes at once", () => {
    const problems = check({
      "current-context": "other",
      cluster: { server: "https://k8s.otherbank.example:6443", "insecure-skip-tls-verify": true },
      user: { token: undefined, exec: { command: "aws" } },
    });
    expect(problems.map(({ property }) => property.replace("credentials.kubeconfig: ", ""))).toEqual([
      "current-context",
      "clusters[0].cluster.server",
      "clusters[0].cluster.insecure-skip-tls-verify",
      "users[0].user.exec",
      "users[0].user",
    ]);
  });
});

describe("contexts, clusters and users", () => {
  test.each(["contexts", "clusters", "users"])("refuses two %s", (part) => {
    const entry = { name: "second", context: {}, cluster: {}, user: { token: CANARY } };
    const parsed = kubeconfig().replace(`${part}:\n`, `${part}:\n  - ${JSON.stringify(entry)}\n`);
    const problems = checkKubeconfig(parsed, definition);
    expect(problems[0]).toEqual({
      property: `credentials.kubeconfig: ${part}`,
      received: "2 entries",
      rule: "exactly one, so that no other cluster or user can be meant",
      fix: flatten,
    });
    expect(JSON.stringify(problems)).not.toContain(CANARY);
  });

  test("refuses none", () => {
    expect(check({ contexts: [] }).map(({ received }) => received)).toContain("0 entries");
  });

  test.each([
    ["another current context", { "current-context": "production" }],
    ["no current context", { "current-context": undefined }],
    ["a context of another user", { contexts: [{ name: "testbank", context: { cluster: "testbank", user: "root" } }] }],
    [
      "a context of another cluster",
      { contexts: [{ name: "testbank", context: { cluster: "x", user: "nightlane" } }] },
    ],
  ])("refuses %s", (_, changes) => {
    expectProblems(check(changes), {
      property: "credentials.kubeconfig: current-context",
      received: /^("\w+"|nothing)$/,
      rule: "the one context, of the one cluster and the one user",
      fix: flatten,
    });
  });
});

describe("the cluster", () => {
  test.each([
    ["https://k8s.otherbank.example:6443", '"https://k8s.otherbank.example:6443"'],
    ["http://k8s.testbank.example:6443", '"http://k8s.testbank.example:6443"'],
    ["https://k8s.testbank.example:7443", '"https://k8s.testbank.example:7443"'],
    [`https://admin:${CANARY}@k8s.testbank.example:6443`, '"https://k8s.testbank.example:6443"'],
    ["k8s", "no URL"],
    [undefined, "no URL"],
  ])("refuses the server %s, another than the definition's", (server, shown) => {
    expectProblems(check({ cluster: { server } }), {
      property: "credentials.kubeconfig: clusters[0].cluster.server",
      received: shown,
      rule: "the server of the definition, https://k8s.testbank.example:6443",
      fix: "use this customer's kubeconfig, or correct cluster.server",
    });
  });

  test.each([
    ["insecure-skip-tls-verify", true, "use certificate-authority-data"],
    ["proxy-url", "http://proxy.example:3128", "cluster.proxy in its file"],
    ["certificate-authority", "/etc/ca.crt", "use certificate-authority-data"],
    ["tls-server-name", "kubernetes", "write that name as the server"],
    ["something-new", 1, "use certificate-authority-data"],
  ])("refuses %s", (name, value, fix) => {
    expectProblems(check({ cluster: { [name]: value } }), {
      property: `credentials.kubeconfig: clusters[0].cluster.${name}`,
      received: name,
      rule: "the connection goes directly to the server and trusts only the inline CA",
      fix,
    });
  });

  test.each([
    ["missing", undefined, "nothing"],
    ["not base64 of PEM", "LS0tLS1", "no certificate"],
  ])("refuses a CA that is %s", (_, data, shown) => {
    expectProblems(check({ cluster: { "certificate-authority-data": data } }), {
      property: "credentials.kubeconfig: clusters[0].cluster.certificate-authority-data",
      received: shown,
      rule: "an inline CA, base64 of PEM",
      fix: flatten,
    });
  });

  test.each([
    ["another CA", certificate("other")],
    ["a second CA behind the declared one, which would be trusted too", certificate("valid") + certificate("other")],
  ])("refuses %s", (_, ca) => {
    expectProblems(check({ cluster: { "certificate-authority-data": base64(ca) } }), {
      property: "credentials.kubeconfig: clusters[0].cluster.certificate-authority-data",
      received: /^SHA-256 ([0-9A-F]{2}:){31}[0-9A-F]{2}/,
      rule: "the CA of the definition (cluster.ca) and no other",
      fix: "paste the new CA into cluster.ca if it was renewed",
    });
  });

  test("takes the CA that the override names in place of the definition's", () => {
    const path = new URL("../../../support/certificates/other.pem", import.meta.url).pathname;
    vi.stubEnv("NIGHTLANE_CUSTOMER_CA_FILE", path);
    expect(check({ cluster: { "certificate-authority-data": base64(certificate("other")) } })).toEqual([]);
    expect(check()).toHaveLength(1);
  });

  test("tells an override that names no file", () => {
    vi.stubEnv("NIGHTLANE_CUSTOMER_CA_FILE", "/nowhere/ca.pem");
    expect(() => check()).toThrow(UserError);
    expect(() => check()).toThrow(/NIGHTLANE_CUSTOMER_CA_FILE: received "\/nowhere\/ca\.pem".*rule:.*fix: unset it/s);
  });
});

describe("the user", () => {
  test.each([
    ["exec", { command: "aws", args: ["eks", "get-token"] }],
    ["auth-provider", { name: "oidc" }],
    ["tokenFile", "/var/run/token"],
    ["client-certificate", "/etc/tls.crt"],
    ["client-key", "/etc/tls.key"],
    ["username", "admin"],
    ["password", CANARY],
    ["as", "system:admin"],
  ])("refuses %s beside the token", (name, value) => {
    expectProblems(check({ user: { [name]: value } }), {
      property: `credentials.kubeconfig: users[0].user.${name}`,
      received: name,
      rule: "nothing that runs a program, reads a file, impersonates or asks for a password",
      fix: reissue,
    });
  });

  test.each([
    ["neither token nor certificate", { token: undefined }, "no token and no client certificate"],
    ["an empty token", { token: "" }, "no token and no client certificate"],
    [
      "both",
      { "client-certificate-data": base64(certificate("server")), "client-key-data": base64(CANARY) },
      "a token and a client certificate",
    ],
  ])("refuses %s", (_, user, shown) => {
    expectProblems(check({ user }), {
      property: "credentials.kubeconfig: users[0].user",
      received: shown,
      rule: "exactly one of the two",
      fix: reissue,
    });
  });

  test.each(["s3cret\n", "s3\u2013cret", "s3 cret"])("refuses the token %j, without its value", (token) => {
    expectProblems(check({ user: { token } }), {
      property: "credentials.kubeconfig: users[0].user.token",
      received: "a value",
      rule: "printable ASCII without white space",
      fix: reissue,
    });
  });

  test.each([
    ["no key", { "client-certificate-data": base64(certificate("server")) }],
    ["no certificate", { "client-key-data": base64(CANARY) }],
    ["something else as certificate", { "client-certificate-data": base64(CANARY), "client-key-data": "x" }],
  ])("refuses a client certificate with %s", (_, user) => {
    expectProblems(check({ user: { token: undefined, ...user } }), {
      property: "credentials.kubeconfig: users[0].user.client-certificate-data",
      received: "no certificate and key",
      rule: "an inline client certificate and its key",
      fix: reissue,
    });
  });
});
