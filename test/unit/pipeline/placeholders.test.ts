import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkKubeconfig } from "../../../constructs/checks/check-kubeconfig.ts";
import type { CustomerDefinition } from "../../../constructs/definition/customer-definition.ts";
import { customerNames, loadCustomer } from "../../../constructs/definition/customer-files.ts";
import { pulumiSecret } from "../../../constructs/index.ts";
import { fingerprints } from "../../../infra/fingerprint.ts";
import { writePlaceholders } from "../../../pipeline/placeholders.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "nightlane-placeholders-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const read = (path: string | undefined): string => readFileSync(path ?? "", "utf8");

test.each(customerNames())("the kubeconfig for %s passes the check of a real one", async (name) => {
  const definition = await loadCustomer(name);
  const { env } = writePlaceholders(join(folder, name), definition);
  const kubeconfig = read(env.CUSTOMER_KUBECONFIG);
  expect(checkKubeconfig(kubeconfig, definition)).toEqual([]);
  expect(fingerprints(read(env.FINGERPRINT_KEY), definition, kubeconfig)).toHaveLength(3);
  if (Object.keys(definition.apps).length > 0) {
    expect(checkKubeconfig(read(env.APPS_KUBECONFIG), definition, "appsKubeconfig")).toEqual([]);
    expect(read(env.APPS_KUBECONFIG)).not.toBe(kubeconfig);
  }
});

test("every credential has a file that only this user reads", async () => {
  const { env } = writePlaceholders(join(folder, "files"), await loadCustomer("nordbank"));
  expect(read(env.CUSTOMER_KUBECONFIG)).toContain("placeholder-token-kubeconfig");
  expect(statSync(env.CUSTOMER_KUBECONFIG ?? "").mode & 0o077).toBe(0);
});

test("a secret of the stack's configuration is placed there", async () => {
  const nordbank = await loadCustomer("nordbank");
  const definition: CustomerDefinition = {
    ...nordbank,
    credentials: { kubeconfig: pulumiSecret("cluster") },
  };
  const { secrets } = writePlaceholders(join(folder, "config"), definition);
  expect(checkKubeconfig(secrets.cluster ?? "", definition)).toEqual([]);
});

test("the central cluster is one that is not there, for the platform too", () => {
  const { env, secrets } = writePlaceholders(join(folder, "platform"), undefined);
  expect(read(env.KUBECONFIG)).toContain("https://127.0.0.1:65535");
  expect(secrets).toEqual({});
});
