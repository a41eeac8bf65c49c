import type { CentralCluster } from "../../constructs/definition/central-cluster.ts";
import type { CustomerDefinition } from "../../constructs/definition/customer-definition.ts";
import type { Problem } from "../../constructs/definition/problem.ts";
import type { Versions } from "../../constructs/definition/versions.ts";
import type { Manifest } from "../../constructs/kubernetes/manifest.ts";
import type { Fields } from "./fields.ts";

/** Owner of what no customer owns: the Argo controller, the platform's records, the policies. */
export const PLATFORM = "platform";

/** All that the prover examines: every lane, the platform they share, and what was tried on them. */
export interface Estate {
  readonly customers: readonly CustomerLane[];
  readonly platform: readonly Manifest[];
  readonly central: CentralCluster;
  readonly versions: Versions;
  readonly trials: Trials;
}

/** One customer as the prover sees it. */
export interface CustomerLane {
  readonly name: string;
  /** Namespace of the lane in the central cluster. */
  readonly namespace: string;
  /** Objects of the lane, in the central cluster. */
  readonly lane: readonly Manifest[];
  /** Objects that the customer's administrator applies in the customer's own cluster. */
  readonly customerSide: readonly Manifest[];
  /** What Argo CD, in the central cluster, is given for the customer's applications. */
  readonly apps: readonly Manifest[];
  /** Who may deploy the customer's stack, and the lane's namespace once more: applied before it in the central cluster. */
  readonly deployer: readonly Manifest[];
  /** The customer's API server, or undefined if neither a definition nor a manifest names it. */
  readonly endpoint: Endpoint | undefined;
  /** The definition, unless only manifests are at hand. */
  readonly definition: CustomerDefinition | undefined;
  /** Text of the customer's file, unless only manifests are at hand. */
  readonly source: string | undefined;
}

/** A customer's API server. */
export interface Endpoint {
  /** URL as the kubeconfig has it. */
  readonly server: string;
  readonly hostname: string;
  /** The way to it out of the lane: its own addresses, or that of the proxy. */
  readonly addresses: readonly string[];
  readonly port: number;
  /** URL of the customer's own proxy, where the way leads through one. */
  readonly proxy?: string;
  /** Namespace of Nightlane's identity there. */
  readonly namespace: string;
}

/** Experiments whose outcome rules judge. Undefined if there was no definition to experiment on. */
export interface Trials {
  readonly canary: CanaryTrial | undefined;
  readonly change: ChangeTrial | undefined;
  readonly pipeline: PipelineTrial | undefined;
  /** The check that a deployment applies to a kubeconfig before it uses it. */
  readonly checkKubeconfig: (text: string, definition: CustomerDefinition) => readonly Problem[];
}

/** What GitLab runs: the repository's own pipeline, and the pipelines that it writes and triggers. */
export interface PipelineTrial {
  /** `.gitlab-ci.yml`. */
  readonly main: Fields;
  /** The pipeline written for each purpose, here for a change that touches everything. */
  readonly children: Readonly<Record<string, Fields>>;
}

/** Has the pipeline write its children for these customers. */
export type TryPipeline = (customers: readonly string[]) => PipelineTrial;

/** Everything was rendered while each credential's place held a value that exists nowhere else. */
export interface CanaryTrial {
  /** What all planted values have in common, so that one search finds any of them. */
  readonly stem: string;
  /** What was planted, and for which credential. */
  readonly planted: readonly { readonly customer: string; readonly credential: string; readonly value: string }[];
  /** What was rendered in the meantime, by owner. */
  readonly rendered: readonly { readonly owner: string; readonly manifests: readonly Manifest[] }[];
}

/** One customer was changed and others were rendered again. */
export interface ChangeTrial {
  /** The customer that was changed. */
  readonly changed: string;
  /** How many other owners there are; fewer may have been rendered again. */
  readonly others: number;
  readonly renderings: readonly {
    readonly owner: string;
    readonly before: readonly Manifest[];
    readonly after: readonly Manifest[];
  }[];
}
