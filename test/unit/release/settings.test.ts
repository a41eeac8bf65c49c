import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readSettings } from "../../../pipeline/release/settings.ts";
import { temporaryFolder } from "../../support/folders.ts";

const GOOD = { REGISTRY: "registry.bank.example/nightlane", VERSION: "1.4.0", COSIGN_KEY: "awskms:///alias/release" };

test("of a release are read, Argo's images come from upstream unless said otherwise", () => {
  expect(readSettings(GOOD)).toEqual({
    registry: "registry.bank.example/nightlane",
    version: "1.4.0",
    key: "awskms:///alias/release",
    argo: "upstream",
  });
  expect(readSettings({ ...GOOD, REGISTRY: "127.0.0.1:5000/nightlane", ARGO: "source" })).toMatchObject({
    registry: "127.0.0.1:5000/nightlane",
    argo: "source",
  });
});

test("are refused all at once, each with its rule and its fix", () => {
  expect(() => readSettings({ REGISTRY: "https://u:hunter2@registry.bank.example/x", ARGO: "quay" })).toThrow(
    expect.objectContaining({
      message: [
        "make release: 4 problems",
        "  REGISTRY: received a URL of registry.bank.example with a user",
        "    rule: host and path of a registry, without scheme, tag and credential, since it is part of the image names in pods",
        "    fix: make release REGISTRY=registry.bank.example/nightlane VERSION=1.4.0",
        "  VERSION: received nothing",
        "    rule: three numbers, as in 1.4.0 or 1.4.0-rc.1; without a leading v, which only the tag of the commit has",
        "    fix: make release REGISTRY=registry.bank.example/nightlane VERSION=1.4.0",
        "  COSIGN_KEY: received nothing",
        "    rule: the private key that signs every image: a file, or one in a key management service (awskms://, hashivault://, ...)",
        "    fix: cosign generate-key-pair, then export COSIGN_KEY=<folder>/cosign.key and COSIGN_PASSWORD",
        '  ARGO: received "quay"',
        "    rule: upstream: the images of Argo's own release; source: those that the farm builds, where the former are not available",
        "    fix: leave it out, or write ARGO=source",
      ].join("\n"),
    }),
  );
});

test.each([
  ["COSIGN_KEY", "/tmp"],
  ["REGISTRY", "registry.bank.example"],
  ["REGISTRY", "registry.bank.example/Nightlane"],
  ["REGISTRY", "registry.bank.example/nightlane:1.4.0"],
  ["REGISTRY", "registry.bank.example/nightlane/"],
  ["VERSION", "v1.4.0"],
  ["VERSION", "1.4"],
  ["VERSION", "01.4.0"],
  ["COSIGN_KEY", "/nonexistent/cosign.key"],
  ["COSIGN_KEY", "https://vault.bank.example"],
])("%s is refused as %s", (name, value) => {
  expect(() => readSettings({ ...GOOD, [name]: value })).toThrow(`make release: 1 problem\n  ${name}: received`);
});

test("a key in a file needs its password, which may be empty", () => {
  const key = join(temporaryFolder(), "cosign.key");
  writeFileSync(key, "");
  expect(() => readSettings({ ...GOOD, COSIGN_KEY: key })).toThrow("COSIGN_PASSWORD: received nothing");
  expect(readSettings({ ...GOOD, COSIGN_KEY: key, COSIGN_PASSWORD: "" }).key).toBe(key);
});
