import type { CoreV1Api, CustomObjectsApi } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import { LaneWriter } from "../../../../nightwatch/acts/lane-writer.ts";

const NAMESPACE = "customer-nordbank";
const NIGHT = { metadata: { name: "night-1", namespace: NAMESPACE, uid: "uid-1" }, spec: {} };
const NOTE = { "nightlane/act-1": "{}" };

interface Stored {
  readonly metadata: { readonly name: string; readonly annotations: object; readonly resourceVersion: string };
}

/** An API server with one object, which somebody else changes as soon as it has been read. */
function changing() {
  let version = 1;
  const written: object[] = [];
  const read = async (): Promise<Stored> => {
    version += 1;
    const annotations = { "workflows.argoproj.io/node-id": "node" };
    return { metadata: { name: "one", annotations, resourceVersion: String(version - 1) } };
  };
  const patch = async ({ body }: { readonly body: { readonly metadata?: { readonly resourceVersion?: string } } }) => {
    if ((body.metadata?.resourceVersion ?? String(version)) !== String(version)) {
      throw new Error("Conflict");
    }
    written.push(body);
    return {};
  };
  const core = {
    readNamespacedConfigMap: read,
    patchNamespacedConfigMap: patch,
    listNamespacedPod: async () => ({ items: [await read()] }),
    patchNamespacedPod: patch,
  };
  const objects = { getNamespacedCustomObject: read, patchNamespacedCustomObject: patch };
  const writer = new LaneWriter(objects as unknown as CustomObjectsApi, core as unknown as CoreV1Api);
  return { writer, written };
}

test.each([
  ["a hold", (writer: LaneWriter) => writer.writeControl(NIGHT, { "hold.report": "yes" }, NOTE)],
  ["an order", (writer: LaneWriter) => writer.orderPod(NIGHT, "node", { "nightlane/order": "stop" }, NOTE)],
  [
    "a switch",
    async (writer: LaneWriter) => {
      const cron = await writer.schedule(NAMESPACE, "night");
      if (cron === undefined) {
        throw new Error("no schedule");
      }
      await writer.patchSchedule(cron, { metadata: { annotations: NOTE }, spec: { suspend: true } });
    },
  ],
] as const)("%s that was decided on before somebody else changed its object is not written", async (_, write) => {
  const { writer, written } = changing();
  await expect(write(writer)).rejects.toThrow("Conflict");
  expect(written).toEqual([]);
});
