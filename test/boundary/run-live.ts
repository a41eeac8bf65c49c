import { mistake } from "../../constructs/definition/problem.ts";
import { EXECUTOR_SERVICE_ACCOUNT } from "../../constructs/lane/workflow-rbac.ts";
import { TOKEN_LIFE } from "../../constructs/workflow/pod-patch.ts";
import { Api, messageOf } from "../support/api.ts";
import { accessAttempts, ownLaneAttempts } from "./access/access-matrix.ts";
import { discover } from "./access/discovery.ts";
import { quotaAttempts } from "./access/quota-attempts.ts";
import { executorAttempts, type LaneInReach, operatorAttempts } from "./access/request-attempts.ts";
import { askedActAttempts, notedActAttempts } from "./admission/acts.ts";
import { argoCdAttempts } from "./admission/argo-cd-attempts.ts";
import type { LaneUnderTest } from "./admission/lane.ts";
import { configMapAttempts, namespaceAttempts } from "./admission/namespace-attempts.ts";
import { podAccessAttempts, podCreationAttempts, podUpdateAttempts } from "./admission/pod-attempts.ts";
import { storeNight } from "./admission/prepare.ts";
import { readerAttempts } from "./admission/reader-attempts.ts";
import { resultAttempts } from "./admission/result-attempts.ts";
import { scheduleAttempts } from "./admission/schedule-attempts.ts";
import { cronAttempts, templateAttempts } from "./admission/template-attempts.ts";
import { workflowCreationAttempts, workflowUpdateAttempts } from "./admission/workflow-attempts.ts";
import { argoPod, type PodObject } from "./argo-pod.ts";
import { type Attempt, type AttemptResult, makeAttempt } from "./attempt.ts";
import { type DeployedLane, deployedCustomers, readLane, releasedImages } from "./lane.ts";
import { type PodProof, provePods, type Requirement } from "./pods/pod-attempts.ts";
import { ProbeSite } from "./pods/probe-site.ts";

export interface LiveOptions {
  /** Kubeconfig of an administrator of the central cluster. */
  readonly kubeconfig: string;
  /**
   * Customers whose lanes are tried.
   * @default - all that are deployed
   */
  readonly customers?: readonly string[];
  /** Gets a line about each thing that is done. @default - nothing is shown */
  readonly progress?: (doing: string) => void;
}

/** What the live proof found. */
export interface LiveReport {
  readonly results: readonly AttemptResult[];
  /** What must work, and belongs to no attempt. */
  readonly requirements: readonly Requirement[];
}

/**
 * Tries to cross the boundary of a running central cluster: rights, admission, network and files, each try paired with
 * the same try where it must succeed. Makes pods and a night in the lanes, and removes them again.
 *
 * @throws UserError if there are fewer than two lanes; Error if something that is needed does not work
 */
export async function runLive(options: LiveOptions): Promise<LiveReport> {
  const api = await Api.fromKubeconfig(options.kubeconfig);
  const progress = options.progress ?? (() => {});
  try {
    const customers = options.customers ?? (await deployedCustomers(api));
    if (customers.length < 2) {
      throw mistake(
        `lanes: received ${customers.join(", ") || "none"}`,
        "two or more: the proof is about what lies between them",
        "deploy another customer's stack",
      );
    }
    const lanes = await Promise.all(customers.map((customer) => readLane(api, customer)));
    const images = await releasedImages(api);
    const site = new ProbeSite(api, images.runner);
    try {
      progress("starting pods in every lane");
      const pods = await provePods({ api, site, lanes, executorImage: images.executor });
      const attempts = [...pods.attempts];
      const served = await discover(api);
      for (const [index, lane] of lanes.entries()) {
        const other = lanes[(index + 1) % lanes.length] ?? lane;
        attempts.push(...(await laneAttempts({ api, site, lane, other, pods, executorImage: images.executor })));
        const others = customers.filter((customer) => customer !== lane.customer);
        attempts.push(
          ...accessAttempts(api, served, lane.customer, others),
          ...ownLaneAttempts(api, served, lane.customer),
        );
      }
      const results: AttemptResult[] = [];
      for (const attempt of attempts) {
        progress(`${attempt.actor}: ${attempt.what}`);
        results.push(await makeAttempt(attempt));
      }
      return { results, requirements: pods.requirements };
    } finally {
      progress("removing what was made");
      await site.clear();
    }
  } finally {
    api.close();
  }
}

interface LaneProof {
  readonly api: Api;
  readonly site: ProbeSite;
  readonly lane: DeployedLane;
  readonly other: DeployedLane;
  readonly pods: PodProof;
  readonly executorImage: string;
}

/** Rights and admission in one lane. */
async function laneAttempts(proof: LaneProof): Promise<readonly Attempt[]> {
  const { api, site, lane, other, pods, executorImage } = proof;
  const { namespace, template, cron, customer } = lane;
  const running = pods.running.get(customer);
  if (running === undefined) {
    throw new Error(`no pod runs in ${namespace}`);
  }
  const { workflow } = site;
  site.alsoRemove(`/apis/argoproj.io/v1alpha1/namespaces/${namespace}/workflows/${workflow}`);
  const underTest: LaneUnderTest = {
    api,
    namespace,
    otherNamespace: other.namespace,
    template,
    cron,
    newPod: argoPod({ template, namespace, name: "isolation-attempt", executorImage }),
    storedPod: running.object,
    storedWorkflow: await storeNight(api, { namespace, template }, workflow),
  };
  const inReach: LaneInReach = {
    api,
    customer,
    namespace,
    otherNamespace: other.namespace,
    template: template.metadata.name,
    pod: running.object.metadata.name,
    workflow,
  };
  const groups = [
    podCreationAttempts,
    podUpdateAttempts,
    podAccessAttempts,
    workflowCreationAttempts,
    scheduleAttempts,
    workflowUpdateAttempts,
    askedActAttempts,
    notedActAttempts,
    readerAttempts,
    resultAttempts,
    templateAttempts,
    cronAttempts,
    namespaceAttempts,
    configMapAttempts,
    argoCdAttempts,
    quotaAttempts,
  ];
  return [
    ...groups.flatMap((group) => group(underTest)),
    ...operatorAttempts(inReach),
    ...executorAttempts(inReach, await executorApi(api, running.object)),
  ];
}

/** The API server as the executor sees it, with a token that is made for its pod as the kubelet has it made. */
async function executorApi(api: Api, { metadata: { namespace, name } }: PodObject): Promise<Api> {
  const pod = await api.get<{ metadata: { uid: string } }>(`/api/v1/namespaces/${namespace}/pods/${name}`);
  const boundObjectRef = { kind: "Pod", apiVersion: "v1", name, uid: pod.metadata.uid };
  const answer = await api.call({
    method: "POST",
    path: `/api/v1/namespaces/${namespace}/serviceaccounts/${EXECUTOR_SERVICE_ACCOUNT}/token`,
    body: {
      apiVersion: "authentication.k8s.io/v1",
      kind: "TokenRequest",
      spec: { boundObjectRef, expirationSeconds: TOKEN_LIFE.toSeconds() },
    },
  });
  if (answer.status !== 201) {
    throw new Error(`no token for the executor of ${name} in ${namespace}: ${messageOf(answer)}`);
  }
  return api.withToken((answer.body as { readonly status: { readonly token: string } }).status.token);
}
