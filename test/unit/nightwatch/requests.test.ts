import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { CustomObjectsApi, KubeConfig } from "@kubernetes/client-node";
import { expect, onTestFinished, test } from "vitest";
import { apiClient } from "../../../api/api-client.ts";

test("a request that is accepted and never answered is given up in time", async () => {
  const server = createServer(() => {});
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const config = new KubeConfig();
  const { port } = server.address() as AddressInfo;
  config.loadFromClusterAndUser(
    { name: "central", server: `http://127.0.0.1:${port}`, skipTLSVerify: true },
    { name: "nightwatch", token: "secret" },
  );
  const objects = apiClient(config, CustomObjectsApi, { timeoutMilliseconds: 50 });
  const record = { group: "nightlane.example", version: "v1", plural: "runrecords", namespace: "x", name: "x" };
  await expect(objects.replaceNamespacedCustomObject({ ...record, body: {} })).rejects.toThrow("aborted");
});
