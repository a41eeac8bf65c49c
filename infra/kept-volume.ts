import { CoreV1Api, KubeConfig, type V1PersistentVolumeClaim } from "@kubernetes/client-node";
import { Size } from "cdk8s";
import { apiClient } from "../api/api-client.ts";
import type { CustomerDefinition } from "../constructs/definition/customer-definition.ts";
import { mistake, type Problem, ProblemsError, received } from "../constructs/definition/problem.ts";
import { RESULTS_CLAIM } from "../constructs/lane/results-volume.ts";
import { mebibytes } from "../constructs/night/amounts.ts";
import { laneNamespace } from "../runs/lane-namespace.ts";
import { apiFailure } from "./preflight/api-failure.ts";

/** What to do instead, since only a person can decide that results may go. */
const WAY =
  "restore the former value; to move, recreate the customer's lane (docs/deploy.md, A customer goes) once nobody needs the results in it";

/**
 * Compares a definition with the lane's existing results volume: Kubernetes neither changes the class of a claim nor
 * makes it smaller, so Pulumi would delete it, with all results in it, and make another.
 * @param isPreview Nothing is applied, and there may be no cluster.
 * @throws ProblemsError before anything is registered
 * @throws UserError where a deployment cannot learn whether there is a volume
 */
export async function requireKeptVolume(
  definition: CustomerDefinition,
  file: string,
  isPreview: boolean,
): Promise<void> {
  const claim = await readClaim(laneNamespace(definition.name), (reason) => {
    if (isPreview) {
      return;
    }
    throw mistake(
      `${file}: the lane's results volume: received ${reason}`,
      "the API server says before a deployment whether there is one: with another class or a smaller size it would be replaced, and its results lost",
      "deploy again once the API server answers; where it refuses, check the deployer's rights (docs/deploy.md, The deployer)",
    );
  });
  const problems = claim === undefined ? [] : checkKeptVolume(definition, claim);
  if (problems.length > 0) {
    throw new ProblemsError(file, problems);
  }
}

/** What makes a definition lose the results in a claim. */
export function checkKeptVolume({ lane }: CustomerDefinition, claim: V1PersistentVolumeClaim): readonly Problem[] {
  const { storageClassName, resources } = claim.spec ?? {};
  const storage = resources?.requests?.storage;
  const [wanted, has] = [
    lane.resultsStorageClass ?? (isDeclared(claim) ? "(the default class)" : storageClassName),
    storageClassName,
  ];
  const problems: Problem[] = [];
  if (wanted !== has) {
    problems.push({
      property: "lane.resultsStorageClass",
      received: lane.resultsStorageClass === undefined ? "nothing" : received(lane.resultsStorageClass),
      rule: `${has === undefined ? "none" : received(has)}, the class of the lane's existing volume: with another one it would be replaced, and its results lost`,
      fix: WAY,
    });
  }
  if (storage !== undefined && Math.ceil(mebibytes(lane.resultsSize) / 1024) < gibibytes(storage)) {
    problems.push({
      property: "lane.resultsSize",
      received: `${Math.ceil(mebibytes(lane.resultsSize) / 1024)} GiB`,
      rule: `at least ${storage}, the size of the lane's existing volume: a smaller one would replace it, and its results would be lost`,
      fix: WAY,
    });
  }
  return problems;
}

/** Whether a deployment has named the class, and not the cluster by default. */
function isDeclared({ metadata }: V1PersistentVolumeClaim): boolean {
  return (metadata?.managedFields ?? []).some(
    ({ operation, fieldsV1 }) => operation === "Apply" && JSON.stringify(fieldsV1).includes('"f:storageClassName"'),
  );
}

/** Nightlane's own claims are whole gibibytes; one that was enlarged by hand may be anything, and is left alone. */
function gibibytes(storage: string): number {
  const count = /^(\d+)Gi$/.exec(storage)?.[1];
  return count === undefined ? 0 : Size.gibibytes(Number(count)).toGibibytes();
}

/**
 * The lane's claim; undefined where there is none.
 * @param onUnknown Called with the reason where the API server does not say; if it returns, there is taken to be none.
 */
async function readClaim(
  namespace: string,
  onUnknown: (reason: string) => void,
): Promise<V1PersistentVolumeClaim | undefined> {
  const config = new KubeConfig();
  config.loadFromDefault();
  try {
    return await apiClient(config, CoreV1Api).readNamespacedPersistentVolumeClaim({ namespace, name: RESULTS_CLAIM });
  } catch (error) {
    const { status, reason } = apiFailure(error);
    if (status !== 404) {
      onUnknown(reason);
    }
    return undefined;
  }
}
