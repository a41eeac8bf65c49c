import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { fingerprints } from "../../../infra/fingerprint.ts";
import { certificate } from "../../support/certificates.ts";
import { type CustomerChanges, testCustomer } from "../../support/customer.ts";

const KEY = "a key of at least thirty-two characters";

function kubeconfig(token: string): string {
  return stringify({ users: [{ name: "nightlane", user: { token } }] });
}

function jsonWebToken(claims: object): string {
  return ["{}", JSON.stringify(claims), "signature"].map((part) => Buffer.from(part).toString("base64url")).join(".");
}

function of(token: string, cluster: NonNullable<CustomerChanges["cluster"]> = {}, key = KEY): readonly string[] {
  return fingerprints(key, testCustomer({ cluster }), kubeconfig(token));
}

describe("fingerprints", () => {
  const first = jsonWebToken({ iss: "a", sub: "system:serviceaccount:risk:nightlane", jti: "1" });
  const second = jsonWebToken({ iss: "a", sub: "system:serviceaccount:risk:nightlane", jti: "2" });

  test("know one cluster again, by its authority, at another address and under another name", () => {
    const elsewhere = of(first, { server: "https://other.testbank.example:6443", address: "192.0.2.99" });
    expect(elsewhere[0]).not.toBe(of(first)[0]);
    expect(elsewhere[2]).toBe(of(first)[2]);
    expect(of(first, { ca: certificate("other") })[2]).not.toBe(of(first)[2]);
  });

  test("are keyed hashes of identity, credential and authority, the same for the same credential whatever its holder", () => {
    expect(of(first)).toEqual(of(first));
    expect(of(first)).toHaveLength(3);
    for (const digest of of(first)) {
      expect(digest).toMatch(/^[0-9a-f]{64}$/);
    }
  });

  test("agree on the identity of two tokens of one account, and tell the tokens apart", () => {
    const [identity, credential] = of(first);
    expect(of(second)[0]).toBe(identity);
    expect(of(second)[1]).not.toBe(credential);
  });

  test("tell one account at two servers apart, and know the token again", () => {
    const [identity, credential] = of(first);
    const elsewhere = of(first, { address: "192.0.2.99" });
    expect(elsewhere[0]).not.toBe(identity);
    expect(elsewhere[1]).toBe(credential);
  });

  test("do not depend on how the server is called", () => {
    expect(of(first, { server: "https://other.testbank.example:6443", address: "192.0.2.7" })).toEqual(
      of(first, { server: "https://k8s.testbank.example:6443", address: "192.0.2.7" }),
    );
  });

  test("use a token that is not a JSON web token as it is", () => {
    expect(of("opaque.token.with-dots")[0]).not.toBe(of("another.token.with-dots")[0]);
  });

  test("tell nothing without the key", () => {
    expect(of(first, {}, "another key of thirty-two characters!")).not.toEqual(of(first));
  });
});
