import { CoreV1Api, KubeConfig, type V1PersistentVolumeClaim } from "@kubernetes/client-node";
import { Size } from "cdk8s";
import { laneNamespace } from "../constructs/definition/central-cluster.ts";
import type { CustomerDefinition } from "../constructs/definition/customer-definition.ts";
import { type Problem, ProblemsError, received } from "../constructs/definition/problem.ts";
import { RESULTS_CLAIM } from "../constructs/lane/results-volume.ts";
import { mebibytes } from "../constructs/night/amounts.ts";
import { apiFailure } from "./preflight/api-failure.ts";

/** What to do instead, since only a person can say that results may go. */
const WAY =
  "put back what it was; to move, add a customer's lane anew (docs/deploy.md, A customer goes) once nobody needs the results in it";

/**
 * Holds a definition against the results volume that the lane has: Kubernetes changes neither the class of a claim nor makes
 * it smaller, so that Pulumi would delete it, with all results in it, and make another.
 * @throws ProblemsError before anything is registered
 */
export async function requireKeptVolume(definition: CustomerDefinition, file: string): Promise<void> {
  const claim = await readClaim(laneNamespace(definition.name));
  const problems = claim === undefined ? [] : checkKeptVolume(definition, claim);
  if (problems.length > 0) {
    throw new ProblemsError(file, problems);
  }
}

/** What a definition would lose of the results that lie in a claim. */
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
      rule: `${has === undefined ? "none" : received(has)}, the class of the volume that the lane has: with another one it would be replaced, and its results lost`,
      fix: WAY,
    });
  }
  if (storage !== undefined && Math.ceil(mebibytes(lane.resultsSize) / 1024) < gibibytes(storage)) {
    problems.push({
      property: "lane.resultsSize",
      received: `${Math.ceil(mebibytes(lane.resultsSize) / 1024)} GiB`,
      rule: `at least ${storage}, the size of the volume that the lane has: a smaller one would be another, and its results lost`,
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

/** Our own claims are whole gibibytes; one that was made larger by hand may be anything, and is left alone. */
function gibibytes(storage: string): number {
  const count = /^(\d+)Gi$/.exec(storage)?.[1];
  return count === undefined ? 0 : Size.gibibytes(Number(count)).toGibibytes();
}

/** The lane's claim; undefined where there is none, and where no cluster answers, which the deployment itself tells. */
async function readClaim(namespace: string): Promise<V1PersistentVolumeClaim | undefined> {
  const config = new KubeConfig();
  config.loadFromDefault();
  try {
    return await config
      .makeApiClient(CoreV1Api)
      .readNamespacedPersistentVolumeClaim({ namespace, name: RESULTS_CLAIM });
  } catch (error) {
    apiFailure(error);
    return undefined;
  }
}
