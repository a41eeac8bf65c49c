import type { Site } from "../site/site.ts";
import { addWebhook } from "./webhook.ts";

/** The creation of a Job, held until something is done. */
export interface HeldCreation<T> {
  /** What was done while the Job was asked for and did not exist. @throws Error if there was no such moment */
  done(): T;
  readonly remove: () => Promise<void>;
}

/** Runs `act` between the request for the Job with a label and its creation. */
export async function holdCreation<T>(
  site: Site,
  [name, value]: readonly [name: string, value: string],
  act: () => Promise<T>,
): Promise<HeldCreation<T>> {
  const done: T[] = [];
  let probed = false;
  const remove = await addWebhook(site, {
    name: "held",
    kind: "jobs",
    label: name,
    change: async ({ metadata }) => {
      const label = metadata.labels?.[name];
      probed ||= label === PROBE;
      if (label === value) {
        done.push(await act());
      }
      return [];
    },
    isAsked: async ({ remoteApi, namespace }) => {
      const path = `/apis/batch/v1/namespaces/${namespace}/jobs`;
      await remoteApi.call({ method: "POST", path, body: probe(name), dryRun: true });
      return probed;
    },
  });
  return {
    remove,
    done: () => {
      const [first] = done;
      if (first === undefined) {
        throw new Error(`no Job with the label ${name}=${value} was asked for`);
      }
      return first;
    },
  };
}

const PROBE = "probe";

/** A Job that is never created. */
function probe(label: string): unknown {
  const template = { spec: { restartPolicy: "Never", containers: [{ name: PROBE, image: PROBE }] } };
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: PROBE, labels: { [label]: PROBE } },
    spec: { template },
  };
}
