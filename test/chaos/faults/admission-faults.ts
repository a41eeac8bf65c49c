import { setTimeout as delay } from "node:timers/promises";
import { isChanged } from "../injection/creation-probe.ts";
import { addWebhook, type Change, type Created } from "../injection/webhook.ts";
import type { Night } from "../nights/night.ts";
import type { Site } from "../site/site.ts";
import { type Fault, releaseAll, type Stage } from "./fault.ts";

/** Longer than a runner waits before it reports. */
const QUEUED_SECONDS = 165;

const JOB_LABEL = "batch.kubernetes.io/job-name";

/** Webhooks of the customer's cluster change what Nightlane creates. */
export const admissionFaults: readonly Fault[] = [
  {
    name: "job-queued",
    what: `a queue's webhook suspends the Job as it is made, and the queue lets it go after ${QUEUED_SECONDS} s`,
    told: "suspended",
    alone: true,
    inject: async ({ site, nights, moment }) => {
      const remove = await addWebhook(site, {
        name: "queue",
        kind: "jobs",
        change: () => [{ op: "add", path: "/spec/suspend", value: true }],
        isAsked: () => isChanged(site, "jobs", ({ spec }) => spec.suspend === true),
      });
      try {
        await Promise.all(nights.map((night) => night.start()));
        await Promise.all(nights.map((night) => night.untilJob()));
        await moment();
        await delay(QUEUED_SECONDS * 1000);
      } finally {
        await remove();
      }
      for (const night of nights) {
        await admit(site, night);
      }
      return undefined;
    },
  },
  {
    name: "sidecar-added",
    what: "a mesh's webhook adds a container to the driver's pod, which runs on when the driver has ended",
    alone: true,
    inject: async (stage) => {
      const remove = await addWebhook(stage.site, {
        name: "mesh",
        kind: "pods",
        label: JOB_LABEL,
        change: addSidecar,
        isAsked: () => isChanged(stage.site, "pods", ({ spec }) => (spec.containers?.length ?? 0) > 1, JOB_LABEL),
      });
      try {
        await computeWithSidecar(stage);
      } finally {
        await remove();
      }
      return undefined;
    },
  },
];

async function computeWithSidecar({ nights, moment }: Stage): Promise<void> {
  await Promise.all(nights.map((night) => night.hold()));
  await Promise.all(nights.map((night) => night.start()));
  await Promise.all(nights.map((night) => night.untilComputing()));
  await moment();
  await releaseAll(nights);
}

/** A container of the same image that never ends, like a proxy that waits for connections. */
function addSidecar({ spec }: Created): readonly Change[] {
  const { image, securityContext, imagePullPolicy } = spec.containers?.[0] ?? {};
  const resources = { requests: { cpu: "10m", memory: "32Mi" }, limits: { cpu: "100m", memory: "64Mi" } };
  const command = ["sleep", "infinity"];
  const value = { name: "mesh-proxy", image, imagePullPolicy, command, resources, securityContext };
  return [{ op: "add", path: "/spec/containers/-", value }];
}

async function admit({ remoteApi, namespace }: Site, night: Night): Promise<void> {
  const path = `/apis/batch/v1/namespaces/${namespace}/jobs/${night.job().name}`;
  const { status } = await remoteApi.call({ method: "PATCH", path, body: { spec: { suspend: false } } });
  if (status !== 200) {
    throw new Error(`the Job of ${night.name} could not be let go: ${status}`);
  }
}
