import { setTimeout as delay } from "node:timers/promises";
import { NIGHTLANE_SERVICE_ACCOUNT } from "../../../constructs/customer-side/customer-side.ts";
import { until } from "../../farm/wait.ts";
import type { Site } from "../site/site.ts";
import { addWebhook } from "./webhook.ts";

const GROUP = "/apis/flowcontrol.apiserver.k8s.io/v1";
const NAME = "no-room";
const HOLD = "chaos/hold";

/** How soon the seat is asked for again that was lost. */
const AGAIN_MILLISECONDS = 10;

/**
 * Gives our identities a priority level of one seat, and holds it: the API server answers 429 to nearly all that they
 * ask. @returns what undoes it
 */
export async function refuseWithTooMany(site: Site): Promise<() => Promise<void>> {
  const { remoteApi, namespace } = site;
  const make = async (resource: string, kind: string, spec: unknown): Promise<void> => {
    const body = { apiVersion: "flowcontrol.apiserver.k8s.io/v1", kind, metadata: { name: NAME }, spec };
    const { status, body: answer } = await remoteApi.call({ method: "POST", path: `${GROUP}/${resource}`, body });
    if (status !== 201) throw new Error(`${kind} ${NAME} was refused: ${status} ${JSON.stringify(answer)}`);
  };
  // A level without seats lets one request at a time through.
  await make("prioritylevelconfigurations", "PriorityLevelConfiguration", {
    type: "Limited",
    limited: {
      nominalConcurrencyShares: 0,
      lendablePercent: 0,
      borrowingLimitPercent: 0,
      limitResponse: { type: "Reject" },
    },
  });
  const accounts = [NIGHTLANE_SERVICE_ACCOUNT, ...(site.batch === undefined ? [] : ["batch"])];
  await make("flowschemas", "FlowSchema", {
    priorityLevelConfiguration: { name: NAME },
    // The first one is Kubernetes' own, for those that are exempt.
    matchingPrecedence: 2,
    rules: [
      {
        subjects: accounts.map((name) => ({ kind: "ServiceAccount", serviceAccount: { name, namespace } })),
        resourceRules: [{ verbs: ["*"], apiGroups: ["*"], resources: ["*"], namespaces: ["*"], clusterScope: true }],
      },
    ],
  });
  const release = await holdSeat(site);
  return async () => {
    for (const resource of ["flowschemas", "prioritylevelconfigurations"]) {
      await remoteApi.call({ method: "DELETE", path: `${GROUP}/${resource}/${NAME}` });
    }
    await release();
  };
}

/** Keeps a request under way in our identity's name: the creation of a Job about which a silent webhook is asked. */
async function holdSeat(site: Site): Promise<() => Promise<void>> {
  const { remoteApi, namespace } = site;
  const us = remoteApi.as({
    user: `system:serviceaccount:${namespace}:${NIGHTLANE_SERVICE_ACCOUNT}`,
    groups: ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"],
  });
  const remove = await addWebhook(site, {
    name: "silent",
    kind: "jobs",
    label: HOLD,
    silent: true,
    change: () => [],
    isAsked: async () => true,
  });
  let holding = true;
  const path = `/apis/batch/v1/namespaces/${namespace}/jobs`;
  const containers = [{ name: "hold", image: "hold" }];
  const template = { spec: { restartPolicy: "Never", containers } };
  const body = { metadata: { name: "hold", labels: { [HOLD]: "" } }, spec: { template } };
  const held = (async () => {
    while (holding) {
      await us.call({ method: "POST", path, body, dryRun: true });
      await delay(AGAIN_MILLISECONDS);
    }
  })();
  // What goes wrong with it is told when the seat is given back; until then nobody waits for it.
  held.catch(() => undefined);
  await until({ what: "the API server answers 429", limitSeconds: 60 }, async () => {
    const { status } = await us.call({ method: "GET", path: `/api/v1/namespaces/${namespace}/pods` });
    return status === 429;
  });
  return async () => {
    holding = false;
    await remove();
    await held;
  };
}
