import type { CustomerDefinition } from "../../../constructs/definition/customer-definition.ts";
import { loadCustomer } from "../../../constructs/definition/customer-files.ts";
import type { Manifest } from "../../../constructs/kubernetes/manifest.ts";
import { estateOf } from "../../../isolation/model/collect.ts";
import { type CustomerLane, type Estate, PLATFORM } from "../../../isolation/model/estate.ts";
import { objectName } from "../../../isolation/model/object-name.ts";
import { viewEstate } from "../../../isolation/model/view.ts";
import { type Proof, prove } from "../../../isolation/prove.ts";
import { WaiverBook } from "../../../isolation/waivers.ts";
import { tryPipeline } from "../../../pipeline/pipeline-trial.ts";
import { inCentral } from "../../support/known-objects.ts";

export const nordbank: CustomerDefinition = await loadCustomer("nordbank");
export const alpenkredit: CustomerDefinition = await loadCustomer("alpenkredit");

/** The two example customers, rendered once: every draft is a copy. */
export const soundEstate: Estate = estateOf([nordbank, alpenkredit], tryPipeline);

/** The same where Prometheus and Alertmanager call, and the runbook is elsewhere. */
export const watchedEstate: Estate = inCentral(
  {
    monitoring: { namespace: "monitoring", prometheusOperator: true },
    alertmanagers: [{ url: "https://alerts.example:9093", addresses: ["198.51.100.2"] }],
    runbook: "https://runbook.example",
  },
  () => estateOf([nordbank, alpenkredit], tryPipeline),
);

/** The same where the central API server has several machines, in a network that nodes and pods share. */
export const severalServersEstate: Estate = inCentral(
  { apiServer: { address: ["10.64.0.10", "10.64.0.11"], port: 443 }, podRange: "10.64.0.0/24" },
  () => estateOf([nordbank, alpenkredit], tryPipeline),
);

/** The WorkflowTemplate of the first customer's night as findings name it; its name follows from its content. */
export const TEMPLATE: string = soundEstate.customers
  .flatMap(({ lane }) => lane)
  .filter(
    ({ kind, metadata }) =>
      kind === "WorkflowTemplate" && metadata.namespace === "customer-nordbank" && metadata.name.startsWith("night-"),
  )
  .map(objectName)
  .join();

type Container = Record<string, unknown>;

/** An estate that a test may break: all manifests are copies, so that nothing of it reaches another test. */
export class Draft {
  customers: CustomerLane[];
  platform: Manifest[];
  trials: Estate["trials"];
  versions: Estate["versions"];

  constructor(private readonly base: Estate = soundEstate) {
    this.customers = base.customers.map((lane) => ({
      ...lane,
      lane: structuredClone(lane.lane),
      customerSide: structuredClone(lane.customerSide),
      deployer: structuredClone(lane.deployer),
      apps: structuredClone(lane.apps),
    }));
    this.platform = structuredClone([...base.platform]);
    this.trials = base.trials;
    this.versions = structuredClone(base.versions);
  }

  get estate(): Estate {
    const { customers, platform, trials, versions } = this;
    return { customers, platform, trials, versions, central: this.base.central };
  }

  lane(name: string): CustomerLane {
    const lane = this.customers.find((customer) => customer.name === name);
    if (lane === undefined) {
      throw new Error(`the draft has no customer ${name}`);
    }
    return lane;
  }

  /** Replaces fields of a customer. */
  change(name: string, fields: Partial<CustomerLane>): void {
    this.customers = this.customers.map((lane) => (lane.name === name ? { ...lane, ...fields } : lane));
  }

  /** An object of a customer's lane, or of the platform, by kind and name; the first of its kind without a name. */
  object(owner: string, kind: string, name?: string): Manifest {
    const manifests = owner === PLATFORM ? this.platform : this.lane(owner).lane;
    return find(manifests, owner, kind, name);
  }

  /** An object of what a customer's administrator applies. */
  customerSide(owner: string, kind: string, name?: string): Manifest {
    return find(this.lane(owner).customerSide, owner, kind, name);
  }

  /** An object by which Argo CD knows a customer's applications. */
  apps(owner: string, kind: string): Manifest {
    return find(this.lane(owner).apps, owner, kind, undefined);
  }

  /** An object of who may deploy a customer's stack. */
  deployer(owner: string, kind: string, name: string, namespace?: string): Manifest {
    const there = this.lane(owner).deployer.filter(
      ({ metadata }) => namespace === undefined || metadata.namespace === namespace,
    );
    return find(there, owner, kind, name);
  }

  add(owner: string, ...manifests: readonly Manifest[]): void {
    if (owner === PLATFORM) {
      this.platform.push(...manifests);
    } else {
      this.change(owner, { lane: [...this.lane(owner).lane, ...manifests] });
    }
  }

  remove(owner: string, kind: string, name: string): void {
    const keep = (manifest: Manifest): boolean => manifest.kind !== kind || manifest.metadata.name !== name;
    if (owner === PLATFORM) {
      this.platform = this.platform.filter(keep);
    } else {
      this.change(owner, { lane: this.lane(owner).lane.filter(keep) });
    }
  }
}

function find(manifests: readonly Manifest[], owner: string, kind: string, name: string | undefined): Manifest {
  const found = manifests.find(
    (manifest) => manifest.kind === kind && (name === undefined || manifest.metadata.name === name),
  );
  if (found === undefined) {
    throw new Error(`the draft has no ${kind} ${name ?? ""} of ${owner}`);
  }
  return found;
}

/** Sets a field by its path, whose parts are parted by "/"; undefined removes it. Missing mappings are made. */
export function set(root: Manifest, path: string, value: unknown): void {
  const keys = path.split("/");
  const last = keys.pop() ?? "";
  const container = keys.reduce<Container>(enter, root as unknown as Container);
  if (value === undefined) {
    delete container[last];
  } else {
    container[last] = value;
  }
}

/** Appends to a list by its path. */
export function append(root: Manifest, path: string, ...items: readonly unknown[]): void {
  const list = get(root, path);
  set(root, path, [...(Array.isArray(list) ? list : []), ...items]);
}

/** The value at a path. */
export function get(root: Manifest, path: string): unknown {
  return path.split("/").reduce<unknown>((value, key) => (value as Container | undefined)?.[key], root);
}

function enter(container: Container, key: string): Container {
  container[key] ??= {};
  return container[key] as Container;
}

/** Proves an estate without waivers. */
export function proveDraft(estate: Estate): Proof {
  return prove(viewEstate(estate), new WaiverBook([], "2026-11-24"));
}
