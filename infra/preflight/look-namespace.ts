import type { V1PersistentVolumeClaim, V1ResourceQuota } from "@kubernetes/client-node";
import type { CustomerDefinition } from "../../constructs/definition/customer-definition.ts";
import { quantity } from "../../constructs/kubernetes/quantity.ts";
import { RESULTS_CLAIM } from "../../constructs/lane/results-volume.ts";
import { mebibytes, millicores } from "../../constructs/night/amounts.ts";
import { apiFailure } from "./api-failure.ts";
import type { CustomerApi } from "./customer-api.ts";
import { bad, type Finding, good } from "./finding.ts";

const APPLY = "kubectl apply -f dist/<customer>/customer-side/";

/** Whether the results volume and the quota of the namespace are as a night needs them. */
export async function lookAtNamespace(api: CustomerApi, definition: CustomerDefinition): Promise<readonly Finding[]> {
  return [await lookAtResults(api, definition), ...(await lookAtQuotas(api, definition))];
}

async function lookAtResults(api: CustomerApi, { cluster }: CustomerDefinition): Promise<Finding> {
  const look = "results volume";
  const { namespace } = api;
  let claim: V1PersistentVolumeClaim;
  try {
    claim = await api.core.readNamespacedPersistentVolumeClaim({ namespace, name: RESULTS_CLAIM });
  } catch (error) {
    const { status, reason } = apiFailure(error);
    return status === 404
      ? bad(
          look,
          `there is no claim ${RESULTS_CLAIM} in ${namespace}`,
          "the customer's administrator",
          "the volume that executors write results to",
          APPLY,
        )
      : unseen(look, reason);
  }
  const modes = claim.spec?.accessModes ?? [];
  if (!modes.includes("ReadWriteMany")) {
    return bad(
      look,
      `claim ${RESULTS_CLAIM} is ${modes.join(", ")}`,
      "the customer's administrator",
      "ReadWriteMany: executors on several nodes write to it",
      "delete the claim while it is empty, and apply dist/<customer>/customer-side/ with a class that allows it (cluster.resultsStorageClass)",
    );
  }
  if (claim.status?.phase !== "Bound" && claim.status?.phase !== "Pending") {
    return bad(
      look,
      `claim ${RESULTS_CLAIM} is ${claim.status?.phase ?? "without a phase"}`,
      "the customer's administrator",
      "bound to a volume",
      "its volume is lost, and the results on it are gone; remove the claim and apply the customer's side again",
    );
  }
  const size = quantity(claim.status?.capacity?.storage ?? claim.spec?.resources?.requests?.storage) ?? 0;
  const wanted = mebibytes(cluster.resultsSize) * 2 ** 20;
  if (size < wanted) {
    return bad(
      look,
      `claim ${RESULTS_CLAIM} has ${Math.floor(size / 2 ** 30)} GiB`,
      "the customer's administrator",
      `cluster.resultsSize: ${Math.ceil(wanted / 2 ** 30)} GiB`,
      "enlarge the claim, or lower cluster.resultsSize",
    );
  }
  // A class that binds with the first pod leaves it pending: the pod that is started here shows whether it does.
  return good(look, `claim ${RESULTS_CLAIM} is ReadWriteMany, ${claim.status.phase}`);
}

async function lookAtQuotas(api: CustomerApi, { cluster }: CustomerDefinition): Promise<readonly Finding[]> {
  const look = "quota";
  let quotas: readonly V1ResourceQuota[];
  try {
    quotas = (await api.core.listNamespacedResourceQuota({ namespace: api.namespace })).items;
  } catch (error) {
    return [unseen(look, apiFailure(error).reason)];
  }
  const cpu = millicores(cluster.capacity.cpu) / 1000;
  const memory = mebibytes(cluster.capacity.memory) * 2 ** 20;
  const wanted = { "requests.cpu": cpu, cpu, "requests.memory": memory, memory } as const;
  const short = quotas.flatMap(({ metadata, spec }) =>
    Object.entries(wanted).flatMap(([name, least]) => {
      const hard = spec?.hard?.[name];
      return hard !== undefined && (quantity(hard) ?? least) < least ? [`${metadata?.name}: ${name} ${hard}`] : [];
    }),
  );
  return [
    short.length === 0
      ? good(look, quotas.length === 0 ? "none" : "leaves room for cluster.capacity")
      : bad(
          look,
          short.join("; "),
          "the customer's administrator",
          `at least cluster.capacity: ${cpu} CPU and ${Math.round(memory / 2 ** 30)} GiB of requests`,
          "raise the quota of the namespace, or lower cluster.capacity and the sizes of the steps",
        ),
  ];
}

function unseen(look: string, reason: string): Finding {
  return bad(
    look,
    `cannot be seen: ${reason}`,
    "the customer's administrator",
    "Nightlane's identity may read it",
    APPLY,
  );
}
