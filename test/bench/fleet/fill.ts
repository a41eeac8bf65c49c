import pLimit from "p-limit";
import { CUSTOMER_LABEL } from "../../../runs/run-record.ts";
import type { ApiClient } from "../../farm/api-client.ts";
import type { FleetSize } from "./fleet-size.ts";
import { type GeneratedLane, generateLane } from "./generate.ts";

/** Objects that are created at once. */
const AT_ONCE = 32;
/** A connection may end in the middle of a request. */
const TRIES = 5;
const ARGO = "/apis/argoproj.io/v1alpha1";
const RECORDS = "/apis/nightlane.example/v1/namespaces/nightlane-system/runrecords";

/** Fills an API server with the lanes of a fleet, as they are at a time. @param now Milliseconds. */
export async function fill(api: ApiClient, size: FleetSize, now: number): Promise<void> {
  const limit = pLimit(AT_ONCE);
  const create = (path: string, body: unknown): Promise<void> => limit(() => created(api, path, body));
  for (let number = 0; number < size.customers; number += 1) {
    await fillLane(create, generateLane(number, size, now));
  }
}

async function fillLane(
  create: (path: string, body: unknown) => Promise<void>,
  { customer, namespace, cron, workflows, records }: GeneratedLane,
): Promise<void> {
  // By this label the overview knows the customers.
  const metadata = { name: namespace, labels: { [CUSTOMER_LABEL]: customer } };
  await create("/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata });
  await Promise.all([
    create(`${ARGO}/namespaces/${namespace}/cronworkflows`, cron),
    ...workflows.map((one) => create(`${ARGO}/namespaces/${namespace}/workflows`, one)),
    ...records.map((one) => create(RECORDS, one)),
  ]);
}

async function created(api: ApiClient, path: string, body: unknown): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      const { status, body: answer } = await api.send("POST", path, body);
      // A try whose answer was lost may have made it.
      if (status === 201 || (status === 409 && tries > 1)) {
        return;
      }
      throw new Refused(`${path} answered ${status}: ${JSON.stringify(answer)}`);
    } catch (error) {
      if (error instanceof Refused || tries === TRIES) {
        throw error;
      }
    }
  }
}

/** The API server answered, and not as it should. */
class Refused extends Error {}
