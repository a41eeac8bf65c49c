import { CONTROL_PLANE_TOOLS } from "./control-plane.ts";
import type { BuiltImage } from "./images/ensure.ts";
import { NODE_TOOLS } from "./node.ts";
import type { FarmPaths } from "./paths.ts";
import type { ClusterPlan, FarmImageName } from "./plan.ts";
import type { ClusterState } from "./state.ts";

/** Tools that clusters are made of and set up with. */
export const CLUSTER_TOOLS = [...CONTROL_PLANE_TOOLS, ...NODE_TOOLS, "kubectl"] as const;

/** All that takes long to build of what a farm is raised and used with: made in one go, with one estimate. */
export const FARM_TOOLS = [
  ...CLUSTER_TOOLS,
  "workflow-controller",
  "argoexec",
  "pulumi-cli",
  "pulumi-resource-kubernetes",
] as const;

/** What all clusters of a farm share. */
export interface FarmContext {
  readonly paths: FarmPaths;
  readonly tools: Readonly<Record<(typeof CLUSTER_TOOLS)[number], string>>;
  readonly images: Readonly<Record<FarmImageName, BuiltImage>>;
  readonly hostAddress: string;
  /** What is recorded of a machine, to be changed in place. */
  clusterState(plan: Pick<ClusterPlan, "id" | "name" | "address" | "port">): ClusterState;
  /** Writes the record, so that a killed command loses no process. */
  save(): Promise<void>;
}
