import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { stringify } from "yaml";
import { requireKeptVolume } from "../../../infra/kept-volume.ts";
import { customerWithSteps } from "../../support/customer.ts";
import { temporaryFolder } from "../../support/folders.ts";

/** An API server that answers each question for a claim in one way. */
let server: Server;
let answer: { readonly status: number; readonly body: Readonly<Record<string, unknown>> };

const definition = customerWithSteps((night) => void night.gate("gate"), { lane: { resultsStorageClass: "other" } });
const claim = (storageClassName: string) => ({
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  metadata: { name: "results" },
  spec: { storageClassName, resources: { requests: { storage: "1Gi" } } },
});
const refusal = (code: number, message: string) => ({
  kind: "Status",
  apiVersion: "v1",
  status: "Failure",
  code,
  message,
});

beforeEach(async () => {
  server = createServer((_request, response) => {
    response.writeHead(answer.status, { "content-type": "application/json" });
    response.end(JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const kubeconfig = join(temporaryFolder(), "kubeconfig");
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  writeFileSync(
    kubeconfig,
    stringify({
      "current-context": "c",
      contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
      clusters: [{ name: "c", cluster: { server: address, "insecure-skip-tls-verify": true } }],
      users: [{ name: "u", user: {} }],
    }),
  );
  vi.stubEnv("KUBECONFIG", kubeconfig);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  if (server.listening) {
    await new Promise((resolve) => server.close(resolve));
  }
});

const check = (isPreview = false): Promise<void> => requireKeptVolume(definition, "customers/testbank.ts", isPreview);

describe("the results volume", () => {
  test("may have its class, and may not be there yet", async () => {
    answer = { status: 200, body: claim("other") };
    await expect(check()).resolves.toBeUndefined();
    answer = { status: 404, body: refusal(404, "not found") };
    await expect(check()).resolves.toBeUndefined();
  });

  test("keeps its class, in a preview too", async () => {
    answer = { status: 200, body: claim("fast") };
    for (const isPreview of [true, false]) {
      await expect(check(isPreview)).rejects.toThrow('lane.resultsStorageClass: received "other"');
    }
  });

  test("is not taken for absent where the API server refuses to say", async () => {
    answer = { status: 403, body: refusal(403, "persistentvolumeclaims is forbidden") };
    await expect(check()).rejects.toThrow(
      /^customers\/testbank\.ts: the lane's results volume: received .*persistentvolumeclaims is forbidden.*\n {4}rule: .*results.*\n {4}fix: /,
    );
    await expect(check(true)).resolves.toBeUndefined();
  });

  test("is not taken for absent where nobody answers; a merge request's preview has no cluster", async () => {
    await new Promise((resolve) => server.close(resolve));
    await expect(check()).rejects.toThrow(
      /^customers\/testbank\.ts: the lane's results volume: received .*ECONNREFUSED/,
    );
    await expect(check(true)).resolves.toBeUndefined();
  });
});
