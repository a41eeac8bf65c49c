import { X509Certificate } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { renderKubeconfig } from "../../farm/kubeconfig.ts";
import { Pki } from "../../farm/pki.ts";

describe("renderKubeconfig", () => {
  const text = renderKubeconfig({
    cluster: "nordbank",
    server: "https://k8s.nordbank.example:6443",
    authorityPem: "PEM",
    user: "nightlane",
    identity: { token: "secret" },
    namespace: "risk",
  });

  test("has exactly one context, which is the current one", () => {
    const config = parse(text);
    expect(config.contexts).toEqual([
      { name: "nordbank", context: { cluster: "nordbank", user: "nightlane", namespace: "risk" } },
    ]);
    expect(config["current-context"]).toBe("nordbank");
  });

  test("carries the authority inline and a bearer token", () => {
    const config = parse(text);
    const authority = config.clusters[0].cluster["certificate-authority-data"];
    expect(Buffer.from(authority, "base64").toString()).toBe("PEM");
    expect(config.users).toEqual([{ name: "nightlane", user: { token: "secret" } }]);
  });
});

describe("Pki", () => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "nightlane-pki-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test("makes an authority that signs for names and addresses, once", async () => {
    const pki = await Pki.open(folder, "nordbank");
    const request = { commonName: "kube-apiserver", serverNames: ["DNS:k8s.nordbank.example", "IP:10.64.1.10"] };
    const files = await pki.certificate("apiserver", request);
    const authority = new X509Certificate(await readFile(pki.authority));
    const certificate = new X509Certificate(await readFile(files.certificate));
    expect(authority.ca).toBe(true);
    expect(certificate.checkIssued(authority)).toBe(true);
    expect(certificate.checkHost("k8s.nordbank.example")).toBe("k8s.nordbank.example");
    expect(certificate.checkIP("10.64.1.10")).toBe("10.64.1.10");
    await (await Pki.open(folder, "nordbank")).certificate("apiserver", request);
    expect((await readFile(files.certificate)).toString()).toBe(certificate.toString());
  });

  test("keeps keys from other users of the machine", async () => {
    const pki = await Pki.open(folder, "nordbank");
    const { stat } = await import("node:fs/promises");
    const { key } = await pki.certificate("admin", { commonName: "admin", organization: "system:masters" });
    expect((await stat(key)).mode & 0o077).toBe(0);
  });
});
