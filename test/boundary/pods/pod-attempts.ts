import { centralCluster } from "../../../constructs/checks/read-central.ts";
import { centralAddresses } from "../../../constructs/definition/central-cluster.ts";
import type { Api } from "../../support/api.ts";
import type { Attempt, Outcome } from "../attempt.ts";
import type { DeployedLane } from "../lane.ts";
import type { Probe, ProbePod, ProbeResult } from "./probe-pod.ts";
import { PROBE_NAMESPACE, type ProbeSite } from "./probe-site.ts";
import {
  DNS_PORT,
  LISTEN_PORT,
  LOCAL_PROBES,
  METADATA_ADDRESS,
  OWN_CREDENTIAL,
  reach,
  type Target,
} from "./targets.ts";

/** The result of a positive control that belongs to no attempt. */
export interface Requirement {
  readonly actor: string;
  readonly what: string;
  /** What went wrong; undefined if it is as it must be. */
  readonly failure: string | undefined;
}

/** What real pods found, ready to be reported. */
export interface PodProof {
  readonly attempts: readonly Attempt[];
  readonly requirements: readonly Requirement[];
  /** By customer, a pod that goes on running in the lane, for attempts upon it. */
  readonly running: ReadonlyMap<string, ProbePod>;
}

export interface PodProofProps {
  readonly api: Api;
  readonly site: ProbeSite;
  readonly lanes: readonly DeployedLane[];
  readonly executorImage: string;
}

type Results = ReadonlyMap<string, ProbeResult>;

/** The proof by real pods: a compromised runner in every lane, and beside it the same tries where they must succeed. */
export async function provePods(props: PodProofProps): Promise<PodProof> {
  const { site, lanes, api } = props;
  await site.namespace(PROBE_NAMESPACE);
  const listening = await listeners(props);
  const common = await commonTargets(api, site);
  const pods = await Promise.all(
    lanes.map(async (lane) => {
      const targets = [...common, ...foreignTargets(lane, lanes, listening)];
      const order = {
        probes: [
          ...targets.map((target) => reach(target, true)),
          ...LOCAL_PROBES.map(refused),
          refused({ name: WITHOUT_CREDENTIAL, kind: "https", target: `${centralEndpoint()}/api/v1/secrets` }),
          ...required(lane),
        ],
      };
      const place = { template: lane.template, namespace: lane.namespace, executorImage: props.executorImage };
      return { lane, targets, pod: await site.runner(place, order) };
    }),
  );
  const all = distinct(pods.flatMap(({ targets }) => targets));
  const inward = [...listening].map(([customer, { target }]) => ({ customer, target }));
  const free = await site.unrestricted(PROBE_NAMESPACE, {
    probes: [
      ...all.filter(({ reachedFrom }) => reachedFrom === "unrestricted pod").map((target) => reach(target, false)),
      ...inward.map(({ target }) => reach(target, true)),
      ...LOCAL_PROBES.map((probe) => ({ ...probe, refused: false })),
    ],
  });
  const node = await site.unrestricted(
    PROBE_NAMESPACE,
    {
      probes: [...all, ...inward.map(({ target }) => target)]
        .filter(({ reachedFrom }) => reachedFrom === "node")
        .map((target) => reach(target, false)),
    },
    true,
  );
  const [fromFree, fromNode] = await Promise.all([free.results(), node.results()]);
  const attempts: Attempt[] = [];
  const requirements: Requirement[] = [];
  for (const { lane, targets, pod } of pods) {
    const results = await pod.results();
    const actor = `runner of ${lane.customer}`;
    for (const target of targets) {
      const control = target.reachedFrom === "node" ? fromNode : fromFree;
      const protocol = target.protocol === "udp" ? "UDP" : "TCP";
      attempts.push(
        compare(22, actor, `${protocol} to ${target.name}`, target.name, results, target.reachedFrom, control),
      );
    }
    for (const { name } of LOCAL_PROBES) {
      attempts.push(compare(23, actor, name, name, results, "unrestricted pod", fromFree));
    }
    attempts.push(withoutCredential(api, actor, results));
    requirements.push(...required(lane).map(({ name }) => ({ actor, what: name, failure: failureOf(name, results) })));
  }
  for (const { customer, target } of inward) {
    attempts.push(
      compare(22, "unrestricted pod", `TCP to a runner of ${customer}`, target.name, fromFree, "node", fromNode),
    );
  }
  return { attempts, requirements, running: new Map([...listening].map(([customer, { pod }]) => [customer, pod])) };
}

/** A request without any credential, which the API server must not answer. */
const WITHOUT_CREDENTIAL = "Secrets from the central API server, without a credential";

function centralEndpoint(): string {
  const [first = ""] = centralEndpoints();
  return first;
}

function centralEndpoints(): readonly string[] {
  const { port } = centralCluster().apiServer;
  return centralAddresses(centralCluster()).map((address) => `${address}:${port}`);
}

function withoutCredential(api: Api, actor: string, results: Results): Attempt {
  return {
    ...compare(8, actor, WITHOUT_CREDENTIAL, WITHOUT_CREDENTIAL, results, "", results),
    controlled: "the administrator is answered",
    control: async () => {
      const answer = await api.call({ method: "GET", path: "/api/v1/secrets?limit=1" });
      return answer.status === 200 ? undefined : `HTTP ${answer.status}`;
    },
  };
}

function refused(probe: Omit<Probe, "refused">): Probe {
  return { ...probe, refused: true };
}

/** What a runner must be able to do, or the proof only shows that nothing works. */
function required(lane: DeployedLane): readonly Probe[] {
  return [
    OWN_CREDENTIAL,
    { name: `TCP to its own API server ${lane.apiServer}`, kind: "tcp", target: lane.apiServer, refused: false },
    ...centralEndpoints().map(
      (target): Probe => ({
        name: `TCP to the central API server ${target}, where the executor reports`,
        kind: "tcp",
        target,
        refused: false,
      }),
    ),
  ];
}

interface Listening {
  readonly target: Target;
  readonly pod: ProbePod;
}

/** A pod that listens in every lane. */
async function listeners({ site, lanes, executorImage }: PodProofProps): Promise<ReadonlyMap<string, Listening>> {
  const made = await Promise.all(
    lanes.map(async ({ customer, namespace, template }): Promise<[string, Listening]> => {
      const pod = await site.runner({ template, namespace, executorImage }, { listen: `0.0.0.0:${LISTEN_PORT}` });
      const { address } = await pod.untilListening();
      const name = `a runner of ${customer}, ${address}:${LISTEN_PORT}`;
      return [customer, { pod, target: { name, address: `${address}:${LISTEN_PORT}`, reachedFrom: "node" } }];
    }),
  );
  return new Map(made);
}

/** Other customers' runners and API servers. */
function foreignTargets(
  lane: DeployedLane,
  lanes: readonly DeployedLane[],
  listening: ReadonlyMap<string, Listening>,
): readonly Target[] {
  return lanes
    .filter(({ customer }) => customer !== lane.customer)
    .flatMap(({ customer, apiServer }): readonly Target[] => {
      const runner = listening.get(customer)?.target;
      return [
        ...(runner === undefined ? [] : [runner]),
        { name: `the API server of ${customer}, ${apiServer}`, address: apiServer, reachedFrom: "unrestricted pod" },
      ];
    });
}

/** What no lane may reach. Where the cluster has no such thing, a pod of the proof replaces it. */
async function commonTargets(api: Api, site: ProbeSite): Promise<readonly Target[]> {
  const order = { listen: `0.0.0.0:${LISTEN_PORT}` };
  const neighbour = await site.unrestricted(PROBE_NAMESPACE, order);
  const metadata = await site.unrestricted(
    PROBE_NAMESPACE,
    { listen: `${METADATA_ADDRESS}:80`, assign: METADATA_ADDRESS },
    true,
  );
  // A lane resolves no names: a pod where the cluster's DNS would be replaces it, and answers everything.
  const names = await site.unrestricted("kube-system", { listen: `0.0.0.0:${DNS_PORT}` });
  const made = await site.namespace("argocd");
  const itself = made ? undefined : await runningPod(api, "argocd");
  const standIn = itself === undefined ? await site.unrestricted("argocd", order) : undefined;
  const { address, node } = await neighbour.untilListening();
  const { address: resolver } = await names.untilListening();
  await metadata.untilListening();
  const argocd = itself ?? (await standIn?.untilListening())?.address;
  const controller = await runningPod(api, "argo");
  if (controller === undefined) {
    throw new Error("no pod runs in namespace argo, so that nothing can be proven about reaching it");
  }
  const free = "unrestricted pod" as const;
  return [
    { name: "a pod that lets everybody in", address: `${address}:${LISTEN_PORT}`, reachedFrom: free },
    { name: "the Argo controller's metrics", address: `${controller}:9090`, reachedFrom: "node" },
    ...(["udp", "tcp"] as const).map((protocol) => ({
      name: `the cluster's names over ${protocol}`,
      address: `${resolver}:${DNS_PORT}`,
      protocol,
      reachedFrom: free,
    })),
    { name: "Argo CD", address: `${argocd}:${LISTEN_PORT}`, reachedFrom: itself === undefined ? free : "node" },
    { name: "the node's kubelet", address: `${node}:10250`, reachedFrom: free },
    { name: "the machine's metadata address", address: `${METADATA_ADDRESS}:80`, reachedFrom: free },
  ];
}

/** Address of a pod that runs in a namespace. */
async function runningPod(api: Api, namespace: string): Promise<string | undefined> {
  const { items } = await api.get<{ items: readonly { status: { phase?: string; podIP?: string } }[] }>(
    `/api/v1/namespaces/${namespace}/pods`,
  );
  return items.find(({ status }) => status.phase === "Running")?.status.podIP;
}

function compare(
  invariant: number,
  actor: string,
  what: string,
  name: string,
  results: Results,
  controller: string,
  controls: Results,
): Attempt {
  return {
    invariant,
    actor,
    what,
    make: async (): Promise<Outcome> => {
      const result = results.get(name);
      return { refused: result?.refused === true, seen: result === undefined ? "it was not tried" : seenBy(result) };
    },
    controlled: `the same from ${controller === "node" ? "the node's own network" : "a pod without restrictions"}`,
    control: async () => failureOf(name, controls),
  };
}

/** A network plugin that sees a pod only once it runs leaves a gap, which is reported and not ignored. */
function seenBy({ seen, seconds }: ProbeResult): string {
  return seconds < GAP_SECONDS ? seen : `${seen}; open for the pod's first ${seconds} s`;
}

/** How long a connection that is refused at once may take. */
const GAP_SECONDS = 0.2;

function failureOf(name: string, results: Results): string | undefined {
  const result = results.get(name);
  if (result === undefined) {
    return "it was not tried";
  }
  return result.refused ? result.seen : undefined;
}

function distinct(targets: readonly Target[]): readonly Target[] {
  return [...new Map(targets.map((target) => [target.name, target])).values()];
}
