import { until } from "../../farm/wait.ts";
import type { Site } from "../site/site.ts";

const GROUP = "/apis/flowcontrol.apiserver.k8s.io/v1";
const NAME = "no-room";

/**
 * Gives every identity of our namespace a priority level without a seat: the API server answers 429 to each of its
 * requests. @returns what undoes it
 */
export async function refuseWithTooMany({ remoteApi, namespace }: Site): Promise<() => Promise<void>> {
  const make = async (resource: string, kind: string, spec: unknown): Promise<void> => {
    const body = { apiVersion: "flowcontrol.apiserver.k8s.io/v1", kind, metadata: { name: NAME }, spec };
    const { status, body: answer } = await remoteApi.call({ method: "POST", path: `${GROUP}/${resource}`, body });
    if (status !== 201) throw new Error(`${kind} ${NAME} was refused: ${status} ${JSON.stringify(answer)}`);
  };
  await make("prioritylevelconfigurations", "PriorityLevelConfiguration", {
    type: "Limited",
    limited: {
      nominalConcurrencyShares: 0,
      lendablePercent: 0,
      borrowingLimitPercent: 0,
      limitResponse: { type: "Reject" },
    },
  });
  await make("flowschemas", "FlowSchema", {
    priorityLevelConfiguration: { name: NAME },
    matchingPrecedence: 1,
    distinguisherMethod: { type: "ByUser" },
    rules: [
      {
        subjects: [{ kind: "Group", group: { name: `system:serviceaccounts:${namespace}` } }],
        resourceRules: [{ verbs: ["*"], apiGroups: ["*"], resources: ["*"], namespaces: ["*"], clusterScope: true }],
      },
    ],
  });
  const as = {
    user: `system:serviceaccount:${namespace}:nightlane`,
    groups: ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"],
  };
  await until({ what: "the API server answers 429", limitSeconds: 60 }, async () => {
    const { status } = await remoteApi.as(as).call({ method: "GET", path: `/api/v1/namespaces/${namespace}/pods` });
    return status === 429;
  });
  return async () => {
    for (const resource of ["flowschemas", "prioritylevelconfigurations"]) {
      await remoteApi.call({ method: "DELETE", path: `${GROUP}/${resource}/${NAME}` });
    }
  };
}
