import type { Manifest } from "../../constructs/kubernetes/manifest.ts";
import { type NamespaceNetwork, namespaceNetworks } from "../network/namespace-network.ts";
import { PointIndex } from "../network/point-index.ts";
import { type RbacView, readRbac } from "../rbac/bindings.ts";
import type { Subject } from "../rbac/subject.ts";
import { type CustomerLane, type Estate, PLATFORM } from "./estate.ts";
import { customerSideName, objectName } from "./object-name.ts";

/** An object of the central cluster with the folder it comes from. */
export interface OwnedObject {
  readonly manifest: Manifest;
  /** A customer's name, or `platform`. */
  readonly owner: string;
  /** Its name in findings. */
  readonly object: string;
}

/** An estate with the indices that rules and the matrix read, each built once. */
export interface EstateView extends Estate {
  /** Every object of the central cluster. */
  readonly objects: readonly OwnedObject[];
  /** Every object that a customer's administrator applies in the customer's cluster. */
  readonly customerSideObjects: readonly OwnedObject[];
  readonly laneByName: ReadonlyMap<string, CustomerLane>;
  readonly laneByNamespace: ReadonlyMap<string, CustomerLane>;
  /** Namespaces of the platform that the manifests declare. */
  readonly platformNamespaces: ReadonlySet<string>;
  readonly rbac: RbacView;
  /** RBAC of each customer's own cluster. */
  readonly customerSideRbac: readonly { readonly lane: CustomerLane; readonly rbac: RbacView }[];
  /** Network policies by namespace of the central cluster. */
  readonly networks: ReadonlyMap<string, NamespaceNetwork>;
  /** Customers by the address of their API server. */
  readonly endpoints: PointIndex<CustomerLane>;
}

/** Builds the indices. */
export function viewEstate(estate: Estate): EstateView {
  const objects = [
    ...estate.platform.map((manifest) => ({ manifest, owner: PLATFORM, object: objectName(manifest) })),
    ...estate.customers.flatMap(({ name, lane, apps, deployer }) =>
      // The lane's namespace is in both, and examined once.
      [...lane, ...apps, ...deployer.filter(({ kind }) => kind !== "Namespace")].map((manifest) => ({
        manifest,
        owner: name,
        object: objectName(manifest),
      })),
    ),
  ];
  const manifests = objects.map(({ manifest }) => manifest);
  return {
    ...estate,
    objects,
    customerSideObjects: estate.customers.flatMap(({ name, customerSide }) =>
      customerSide.map((manifest) => ({ manifest, owner: name, object: customerSideName(name, manifest) })),
    ),
    laneByName: new Map(estate.customers.map((lane) => [lane.name, lane])),
    laneByNamespace: new Map(estate.customers.map((lane) => [lane.namespace, lane])),
    platformNamespaces: new Set(
      estate.platform.filter(({ kind }) => kind === "Namespace").map(({ metadata }) => metadata.name),
    ),
    rbac: readRbac(manifests),
    customerSideRbac: estate.customers.map((lane) => ({
      lane,
      rbac: readRbac(lane.customerSide, (manifest) => customerSideName(lane.name, manifest)),
    })),
    networks: namespaceNetworks(manifests),
    endpoints: new PointIndex(
      estate.customers.flatMap((lane) => (lane.endpoint?.addresses ?? []).map((address) => [address, lane] as const)),
    ),
  };
}

/** The customer whose service account, or accounts, a subject is; undefined if it is nobody's or everyone's. */
export function customerOf(view: EstateView, subject: Subject): CustomerLane | undefined {
  return subject.kind === "account" || subject.kind === "accountsOf"
    ? view.laneByNamespace.get(subject.namespace)
    : undefined;
}
