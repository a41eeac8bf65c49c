import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { CoreV1Event, V1Job, V1Pod } from "@kubernetes/client-node";
import type { CustomerDefinition } from "../../constructs/definition/customer-definition.ts";
import { apiFailure } from "./api-failure.ts";
import type { CustomerApi } from "./customer-api.ts";
import { bad, type Finding, good } from "./finding.ts";
import { type ProbedPod, probedPods, probeJob } from "./probe-job.ts";
import { refused } from "./refusals.ts";

/** How a start is watched. */
export interface StartOptions {
  /** How long one image may take to be pulled and started, seconds. */
  readonly seconds: number;
  /** Called with what is being waited for. */
  readonly note: (text: string) => void;
}

const LOOK_AGAIN_MILLISECONDS = 500;

const CLOCKS = "clocks";

/**
 * Clocks may differ by this much: tokens and certificates are checked by the customer's, deadlines by the central
 * cluster's.
 */
const MOST_CLOCK_SECONDS = 30;

/**
 * Asks the customer's API server whether it would accept the Jobs of a night, and starts nothing: rights, policies and
 * webhooks answer as they would at night. Checks of pods (PodSecurity, quota, image) are not included.
 */
export async function lookAtDryRuns(api: CustomerApi, definition: CustomerDefinition): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const pod of probedPods(definition)) {
    const look = `Job of ${pod.name}`;
    const body = probeJob(api.namespace, pod, probeName(), 0);
    try {
      const made = await api.batch.createNamespacedJob({ namespace: api.namespace, body, dryRun: "All" });
      findings.push(...(findings.some((finding) => finding.look === CLOCKS) ? [] : [clocks(made)]));
      findings.push(good(look, "would be accepted; its pod was not started"));
    } catch (error) {
      const { status, reason } = apiFailure(error);
      findings.push(refused(look, reason, status, pod));
    }
  }
  return findings;
}

function probeName(): string {
  return `nl-preflight-${randomBytes(4).toString("hex")}`;
}

/**
 * Starts a pod of each kind as a night would, under the same account, with the same volume and security settings, that
 * does nothing and ends: an admission policy, a quota, a registry or the scheduler treats it like a night's Jobs. What
 * was started is removed again.
 */
export async function lookAtStarts(
  api: CustomerApi,
  definition: CustomerDefinition,
  options: StartOptions,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const pod of probedPods(definition)) {
    const name = probeName();
    const look = `start of ${pod.name}`;
    let made: V1Job;
    try {
      made = await api.batch.createNamespacedJob({
        namespace: api.namespace,
        body: probeJob(api.namespace, pod, name, options.seconds),
      });
    } catch (error) {
      const { status, reason } = apiFailure(error);
      findings.push(refused(look, reason, status, pod));
      continue;
    }
    if (!findings.some((finding) => finding.look === CLOCKS)) {
      findings.push(clocks(made));
    }
    options.note(`${look}: its image is pulled and started`);
    const start = { look, job: name, pod, seconds: options.seconds };
    findings.push(await untilStarted(api, start).catch((error: unknown) => unseen(look, error)));
    findings.push(...(await removed(api, name)));
  }
  return findings;
}

/** Findings are reported even if one request fails. */
function unseen(look: string, error: unknown): Finding {
  return bad(
    look,
    `its outcome cannot be seen: ${apiFailure(error).reason}`,
    "the customer's administrator",
    "Nightlane's identity sees the pods and events of its Jobs, and the API server answers",
    "fix what the message names, and run it again",
  );
}

/** Removes a Job; one that is already gone counts as removed. */
async function removed(api: CustomerApi, name: string): Promise<readonly Finding[]> {
  try {
    await api.batch.deleteNamespacedJob({ namespace: api.namespace, name, propagationPolicy: "Background" });
    return [];
  } catch (error) {
    const { status, reason } = apiFailure(error);
    return status === 404
      ? []
      : [
          bad(
            "clean-up",
            `Job ${name} could not be removed: ${reason}`,
            "the customer's administrator",
            "a check leaves nothing behind",
            `kubectl --namespace ${api.namespace} delete job ${name}; otherwise it disappears by itself after some minutes`,
          ),
        ];
  }
}

function clocks({ metadata }: V1Job): Finding {
  const seconds = Math.round(((metadata?.creationTimestamp?.getTime() ?? Number.NaN) - Date.now()) / 1000);
  const found = `the customer's cluster is ${Math.abs(seconds)} s ${seconds < 0 ? "behind" : "ahead"}`;
  return Math.abs(seconds) <= MOST_CLOCK_SECONDS
    ? good(CLOCKS, found)
    : bad(
        CLOCKS,
        found,
        "the customer's administrator",
        `at most ${MOST_CLOCK_SECONDS} s apart: tokens and certificates are checked by that clock`,
        "synchronize the clocks of the control plane (NTP); if it is this machine's, its own",
      );
}

interface Start {
  readonly look: string;
  readonly job: string;
  readonly pod: ProbedPod;
  readonly seconds: number;
}

async function untilStarted(api: CustomerApi, start: Start): Promise<Finding> {
  const end = Date.now() + start.seconds * 1000;
  for (;;) {
    const [pods, events] = await Promise.all([podsOf(api, start.job), eventsOf(api, start.job)]);
    const verdict = verdictOf(start, pods, events);
    if (verdict !== undefined && (verdict.todo === undefined || !mayPass(pods) || Date.now() > end)) {
      return verdict;
    }
    if (Date.now() > end) {
      return bad(
        start.look,
        `its pod has not started within ${start.seconds} s: ${pods[0]?.status?.phase ?? "there is none"}`,
        "the customer's administrator",
        "a pod of a night starts within minutes",
        `kubectl --namespace ${api.namespace} describe job ${start.job}, while it exists`,
      );
    }
    await delay(LOOK_AGAIN_MILLISECONDS);
  }
}

/** What waits for room or for a volume may get it within the limit; what was refused stays refused. */
function mayPass(pods: readonly V1Pod[]): boolean {
  return pods.some(({ status }) => status?.conditions?.some(({ reason }) => reason === "Unschedulable"));
}

async function podsOf(api: CustomerApi, job: string): Promise<readonly V1Pod[]> {
  const { items } = await api.core.listNamespacedPod({
    namespace: api.namespace,
    labelSelector: `nightlane/preflight=${job}`,
  });
  return items;
}

async function eventsOf(api: CustomerApi, job: string): Promise<readonly CoreV1Event[]> {
  const { items } = await api.core.listNamespacedEvent({
    namespace: api.namespace,
    fieldSelector: `involvedObject.name=${job}`,
  });
  return items;
}

/** The outcome of a start; undefined while it is not known. */
function verdictOf(start: Start, pods: readonly V1Pod[], events: readonly CoreV1Event[]): Finding | undefined {
  const { look } = start;
  const { image, account } = start.pod;
  const [pod] = pods;
  if (pod === undefined) {
    const failed = events.find(({ reason }) => reason === "FailedCreate");
    return failed === undefined ? undefined : refused(start.look, failed.message ?? "", undefined, start.pod);
  }
  const { initContainerStatuses = [], containerStatuses = [] } = pod.status ?? {};
  // An image without the program that does nothing was pulled all the same.
  if (containerStatuses.length > 0 && containerStatuses.every(({ state }) => state?.terminated ?? state?.running)) {
    return good(look, `${shortened(image)} was pulled and started`);
  }
  const stuck = [...initContainerStatuses, ...containerStatuses].find(({ state }) => isStuck(state?.waiting?.reason));
  const waiting = stuck?.state?.waiting;
  if (waiting?.reason !== undefined && PULLS.has(waiting.reason)) {
    const { initContainers = [], containers = [] } = pod.spec ?? {};
    const unpulled = [...initContainers, ...containers].find(({ name }) => name === stuck?.name)?.image ?? image;
    return bad(
      look,
      `${shortened(unpulled)} cannot be pulled: ${waiting.message ?? waiting.reason}`,
      "the customer's administrator",
      "the cluster's nodes reach the registry and may read the image",
      `allow access to the registry, or give the service account ${account} a pull secret; the platform engineers know whether the image is there`,
    );
  }
  if (waiting !== undefined) {
    return bad(
      look,
      `its container cannot be created: ${waiting.message ?? waiting.reason ?? ""}`,
      "the customer's administrator",
      "the node can create a container as a night requests it",
      "check the node's message, and tell the platform engineers if the step has to change",
    );
  }
  const unplaced = pod.status?.conditions?.find(({ reason }) => reason === "Unschedulable");
  return unplaced === undefined
    ? undefined
    : bad(
        look,
        `no node takes its pod: ${unplaced.message ?? ""}`,
        "the customer's administrator",
        "a node has room for the pod, and the results volume can be mounted on it",
        /claim|volume/i.test(unplaced.message ?? "")
          ? "find out why the claim is not bound: its class, and whether it allows ReadWriteMany"
          : "add a node of that size, remove what keeps pods off, or lower the step's sizes",
      );
}

/** Whether a container waits for something that will not happen by itself. */
function isStuck(reason = ""): boolean {
  return PULLS.has(reason) || reason === "CreateContainerConfigError" || reason === "CreateContainerError";
}

const PULLS: ReadonlySet<string> = new Set([
  "ErrImagePull",
  "ImagePullBackOff",
  "InvalidImageName",
  "ErrImageNeverPull",
  "RegistryUnavailable",
]);

/** An image with the beginning of its digest. */
function shortened(image: string): string {
  return image.replace(/(@sha256:[0-9a-f]{12})[0-9a-f]+$/, "$1");
}
