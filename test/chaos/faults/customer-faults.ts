import { setTimeout as delay } from "node:timers/promises";
import { type ComponentName, startComponent, stopComponent } from "../../farm/component-control.ts";
import { until } from "../../farm/wait.ts";
import { removeImage } from "../injection/images.ts";
import type { Night } from "../nights/night.ts";
import { ARGO_BASELINE } from "../site/argo-baseline.ts";
import type { Site } from "../site/site.ts";
import { allComputing, type Fault, releaseAll, type Stage } from "./fault.ts";

const OUTAGE_SECONDS = 180;
const ETCD_SECONDS = 8;

/** Faults of the customer's whole cluster. */
export const customerFaults: readonly Fault[] = [
  {
    name: "customer-api-down",
    what: `the customer's API server is away for ${OUTAGE_SECONDS / 60} minutes, in which the driver ends`,
    told: "unreachable",
    alone: true,
    inject: (stage) => outage(stage, "kube-apiserver", OUTAGE_SECONDS),
  },
  {
    name: "customer-etcd-restarted",
    what: "the database of the customer's cluster is killed and comes back",
    alone: true,
    inject: (stage) => outage(stage, "etcd", ETCD_SECONDS),
  },
  {
    name: "token-rotated",
    what: "the credential is replaced, and the old one withdrawn, while the driver computes",
    alone: true,
    inject: async (stage) => {
      await allComputing(stage.nights);
      await stage.moment();
      await rotate(stage.site);
      await releaseAll(stage.nights);
      return undefined;
    },
  },
  {
    name: "image-missing",
    what: "the node has lost the image, and no registry has it for a while",
    alone: true,
    inject: async ({ site, nights, moment }) => {
      const bringBack = await removeImage(site.sandbox, site.images.risk);
      try {
        await Promise.all(nights.map((night) => night.start()));
        await moment();
        await Promise.all(nights.map((night) => untilPullFails(site, night)));
      } finally {
        await bringBack();
      }
      return undefined;
    },
  },
  {
    name: "quota-exhausted",
    what: "the customer's quota has no room for the driver for a while",
    alone: true,
    inject: async ({ site, nights, moment }) => {
      const free = await exhaustQuota(site);
      try {
        await Promise.all(nights.map((night) => night.start()));
        await moment();
        await Promise.all(nights.map((night) => night.untilJob()));
        await Promise.all(nights.map((night) => untilRefused(site, night)));
      } finally {
        await free();
      }
      return undefined;
    },
  },
];

/** A part of the control plane is killed while the drivers compute; they end while it is away. */
async function outage({ site, nights, moment }: Stage, part: ComponentName, seconds: number): Promise<undefined> {
  await allComputing(nights);
  await moment();
  await stopComponent(site.customer.name, part, "kill");
  try {
    await releaseAll(nights);
    await delay(seconds * 1000);
  } finally {
    await startComponent(site.customer.name, part);
  }
  await until({ what: "the customer's API server is ready", limitSeconds: 120 }, () => isReady(site));
  return undefined;
}

async function isReady({ remoteApi }: Site): Promise<boolean> {
  try {
    return (await remoteApi.call({ method: "GET", path: "/readyz" })).status === 200;
  } catch {
    return false;
  }
}

/** Gives all of them new credentials; the old ones end at once, before everybody has read the new ones. */
async function rotate(site: Site): Promise<void> {
  const withdrawals = [await site.credential.issue(), await site.batch?.credential.issue()];
  await site.pulumi.up(site.customer.name);
  for (const withdraw of withdrawals) {
    await withdraw?.();
  }
  // The plain Argo night has no credential file: its token ends with its service account.
  const accounts = `/api/v1/namespaces/${ARGO_BASELINE}/serviceaccounts`;
  const { status } = await site.remoteApi.call({ method: "DELETE", path: `${accounts}/night` });
  if (status === 200) {
    await site.remoteApi.call({ method: "POST", path: accounts, body: { metadata: { name: "night" } } });
  }
}

async function untilPullFails(site: Site, night: Night): Promise<void> {
  const job = await night.untilJob();
  const what = `the image of ${night.name} cannot be pulled`;
  await until({ what, limitSeconds: 120 }, async () => /ImagePull/.test(site.drivers.waitsFor(job.name)));
}

interface EventList {
  readonly items: readonly { readonly reason?: string; readonly involvedObject: { readonly name?: string } }[];
}

async function untilRefused(site: Site, night: Night): Promise<void> {
  const job = night.job().name;
  await until({ what: `the driver's pod of ${night.name} is refused`, limitSeconds: 120 }, async () => {
    const { items } = await site.remoteApi.get<EventList>(`/api/v1/namespaces/${site.namespace}/events`);
    return items.some(({ reason, involvedObject }) => reason === "FailedCreate" && involvedObject.name === job);
  });
}

/** @returns what makes room again */
async function exhaustQuota({ remoteApi, namespace }: Site): Promise<() => Promise<void>> {
  const quotas = `/api/v1/namespaces/${namespace}/resourcequotas`;
  const body = { metadata: { name: "exhausted" }, spec: { hard: { pods: "0" } } };
  await remoteApi.call({ method: "POST", path: quotas, body });
  await until({ what: "the quota is counted", limitSeconds: 60 }, async () => {
    const quota = await remoteApi.get<{ readonly status?: { readonly hard?: object } }>(`${quotas}/exhausted`);
    return quota.status?.hard !== undefined;
  });
  return async () => {
    await remoteApi.call({ method: "DELETE", path: `${quotas}/exhausted` });
  };
}
