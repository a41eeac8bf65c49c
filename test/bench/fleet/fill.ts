import pLimit from "p-limit";
import { laneNamespace } from "../../../runs/lane-namespace.ts";
import { CUSTOMER_LABEL } from "../../../runs/run-record.ts";
import type { Api } from "../../support/api.ts";
import { Etcd } from "./etcd.ts";
import type { FleetSize } from "./fleet-size.ts";
import { customerOfNumber, type GeneratedLane, generateLane, KINDS } from "./generate.ts";

/** Namespaces that are created at once. */
const AT_ONCE = 16;

/** An object as it is sent, and as the API server names its collection. */
interface Placed {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly object: { readonly metadata: { readonly name: string; readonly namespace: string } };
}

/** An object as etcd has it. */
interface Stored {
  readonly key: string;
  readonly text: string;
}

/**
 * Fills an API server with the lanes of a fleet, as they are at a time. Of the first lane it takes one object of each
 * kind and says what it keeps of it; everything is then written into its etcd in this form, which is many times faster,
 * and has the age that it would have.
 * @param etcd Where its etcd listens. @param now Milliseconds.
 */
export async function fill(api: Api, etcd: string, size: FleetSize, now: number): Promise<void> {
  await createNamespaces(api, size);
  const managed = await managedFields(api, generateLane(0, size, now));
  const kinds = Array.from({ length: KINDS }, (_, number) => storedOf(generateLane(number, size, now), managed));
  const writer = new Etcd(etcd);
  for (let number = 0; number < size.customers; number += 1) {
    const customer = customerOfNumber(number);
    const like = customerOfNumber(number % KINDS);
    for (const { key, text } of kinds[number % KINDS] ?? []) {
      await writer.put(key.replaceAll(like, customer), text.replaceAll(like, customer));
    }
  }
  await writer.end();
}

async function createNamespaces(api: Api, size: FleetSize): Promise<void> {
  const limit = pLimit(AT_ONCE);
  await Promise.all(
    Array.from({ length: size.customers }, (_, number) => {
      const customer = customerOfNumber(number);
      // By this label the overview knows the customers.
      const metadata = { name: laneNamespace(customer), labels: { [CUSTOMER_LABEL]: customer } };
      return limit(() => created(api, "/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata }));
    }),
  );
}

function storedOf(lane: GeneratedLane, managed: ReadonlyMap<string, unknown>): readonly Stored[] {
  return objectsOf(lane).map((placed) => {
    const { group, plural, object } = placed;
    const metadata = { ...object.metadata, generation: 1, managedFields: managed.get(keyOf(placed)) };
    const key = `/registry/${group}/${plural}/${metadata.namespace}/${metadata.name}`;
    return { key, text: `${JSON.stringify({ ...object, metadata })}\n` };
  });
}

/** What the API server keeps of who set which field, for each kind of object: of running and of ended nights it differs. */
async function managedFields(api: Api, lane: GeneratedLane): Promise<ReadonlyMap<string, unknown>> {
  const found = new Map<string, unknown>();
  for (const placed of objectsOf(lane)) {
    const key = keyOf(placed);
    if (!found.has(key)) {
      const { group, version, plural, object } = placed;
      const path = `/apis/${group}/${version}/namespaces/${object.metadata.namespace}/${plural}`;
      const { metadata } = (await created(api, path, object)) as { metadata: { managedFields: unknown } };
      found.set(key, metadata.managedFields);
    }
  }
  return found;
}

function keyOf({ plural, object }: Placed): string {
  const phase = "status" in object ? (object.status as { phase?: string }).phase : "";
  return `${plural} ${phase}`;
}

function objectsOf({ cron, workflows, records }: GeneratedLane): readonly Placed[] {
  const argo = { group: "argoproj.io", version: "v1alpha1" };
  return [
    { ...argo, plural: "cronworkflows", object: cron },
    ...workflows.map((object) => ({ ...argo, plural: "workflows", object })),
    ...records.map((object) => ({ group: "nightlane.example", version: "v1", plural: "runrecords", object })),
  ];
}

/** @returns the object as the API server has it now */
async function created(api: Api, path: string, body: unknown): Promise<unknown> {
  const { status, body: answer } = await api.call({ method: "POST", path, body });
  if (status !== 201) {
    throw new Error(`${path} answered ${status}: ${JSON.stringify(answer)}`);
  }
  return answer;
}
