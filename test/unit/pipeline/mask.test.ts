import { expect, test } from "vitest";
import type { Manifest } from "../../../constructs/kubernetes/manifest.ts";
import { MASKED, maskManifest, maskText } from "../../../pipeline/mask.ts";

const metadata = { name: "x" };

test("a Secret's values are masked whole, its keys and type stay", () => {
  const secret: Manifest = {
    apiVersion: "v1",
    kind: "Secret",
    metadata,
    type: "Opaque",
    stringData: { a: "1" },
    data: { b: "Mg==" },
  };
  expect(maskManifest(secret)).toEqual({ ...secret, stringData: { a: MASKED }, data: { b: MASKED } });
});

test("the values of a ConfigMap stay, but for what looks like a secret", () => {
  const data = { size: "12", note: "glpat-abcdefghij0123456789 and more" };
  expect(maskManifest({ apiVersion: "v1", kind: "ConfigMap", metadata, data })).toMatchObject({
    data: { size: "12", note: `${MASKED} and more` },
  });
});

test.each([
  ["a private key", "-----BEGIN EC PRIVATE KEY-----\nMHcC\nAQ\n-----END EC PRIVATE KEY-----", MASKED],
  ["a private key cut short", "-----BEGIN PRIVATE KEY-----\nMHcC", MASKED],
  ["a JSON web token", "x eyJhbGciOiJSUzI1.eyJzdWIiOiJzeXN0.c2ln y", `x ${MASKED} y`],
  ["a URL's password", "postgres://risk:hunter2@db.example/x", `postgres://risk:${MASKED}@db.example/x`],
  ["an authorization header", "Authorization: Bearer 0123456789abcdef0", `Authorization: Bearer ${MASKED}`],
  ["a token in a document", 'user: {"token": "s3cr3t"}', `user: {"token": "${MASKED}"}`],
])("%s is masked", (_, text, masked) => {
  expect(maskText(text)).toBe(masked);
});

test("certificates, digests and addresses are no secrets", () => {
  const text = `-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\nrunner@sha256:${"a1".repeat(32)} https://k8s.example:6443`;
  expect(maskText(text)).toBe(text);
});
