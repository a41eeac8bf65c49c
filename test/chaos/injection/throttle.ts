import { setTimeout as delay } from "node:timers/promises";
import { NIGHTLANE_SERVICE_ACCOUNT } from "../../../constructs/customer-side/customer-side.ts";
import { until } from "../../farm/wait.ts";
import type { Site } from "../site/site.ts";
import { addWebhook } from "./webhook.ts";

const GROUP = "/apis/flowcontrol.apiserver.k8s.io/v1";
const NAME = "no-room";
const HOLD = "chaos/hold";

/** How soon a lost seat is requested again. */
const AGAIN_MILLISECONDS = 10;

/**
 * Gives Nightlane's identities a priority level of one seat, and occupies it: the API server answers 429 to nearly all
 * of their requests. @returns a function that undoes it
 */
export async function refuseWithTooMany(site: Site): Promise<() => Promise<void>> {
  const { remoteApi, namespace } = site;
  const make = async (resource: string, kind: string, spec: unknown): Promise<void> => {
    const body = { apiVersion: "flowcontrol.apiserver.k8s.io/v1", kind, metadata: { name: NAME }, spec };
    const { status, body: answer } = await remoteApi.call({ method: "POST", path: `${GROUP}/${resource}`, body });
    if (status !== 201) {
      throw new Error(`${kind} ${NAME} was refused: ${status} ${JSON.stringify(answer)}`);
    }
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
    // Precedence 1 is Kubernetes' own, for exempt requests.
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

/** Keeps one request of Nightlane's identity in flight: the creation of a Job that waits for a silent webhook. */
async function holdSeat(site: Site): Promise<() => Promise<void>> {
  const { remoteApi, namespace } = site;
  const own = remoteApi.as({
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
      await own.call({ method: "POST", path, body, dryRun: true });
      await delay(AGAIN_MILLISECONDS);
    }
  })();
  // Its errors are reported when the seat is given back; until then nobody awaits it.
  held.catch(() => undefined);
  await until({ what: "the API server answers 429", limitSeconds: 60 }, async () => {
    const { status } = await own.call({ method: "GET", path: `/api/v1/namespaces/${namespace}/pods` });
    return status === 429;
  });
  return async () => {
    holding = false;
    await remove();
    await held;
  };
}
