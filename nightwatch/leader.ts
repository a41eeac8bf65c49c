import { setTimeout as delay } from "node:timers/promises";
import type { CustomObjectsApi } from "@kubernetes/client-node";
import { CONFLICT, ifAny, statusOf } from "../api/api-error.ts";
import { errorText } from "./error-text.ts";

const LEASES = { group: "coordination.k8s.io", version: "v1", plural: "leases" } as const;

/** A leader that has not renewed its lease for this long has lost it, seconds. */
const LEASE_SECONDS = 12;
/** A leader that cannot renew its lease for so long ends: before another one takes over. */
const GIVE_UP_MILLISECONDS = 9000;
const RENEW_MILLISECONDS = 2000;
/** A busy API server may take longer for a request than there is from one renewal to the next. */
const LONGEST_TRY_MILLISECONDS = 4000;
/** A process that had no processor for a while has one more try: it renews only what nobody has taken over. */
const SHORTEST_TRY_MILLISECONDS = 1000;

/** The parts of a Lease that are used. */
interface Lease {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly resourceVersion?: string };
  readonly spec: {
    readonly holderIdentity?: string;
    readonly leaseDurationSeconds?: number;
    readonly acquireTime?: string;
    readonly renewTime?: string;
    readonly leaseTransitions?: number;
  };
}

/** Which lease, and who wants it. */
export interface LeaderSettings {
  readonly objects: CustomObjectsApi;
  readonly namespace: string;
  readonly name: string;
  /** Unique among those who want it: the pod's name. */
  readonly identity: string;
  readonly log: (level: "info" | "error", text: string) => void;
}

/**
 * Holds a lease, so that only one of several nightwatches acts. The age of a lease is measured by this process's own
 * clock, from the moment at which it saw the lease change, since clocks of two nodes differ.
 */
export class Leader {
  /** The lease as it was last seen to change, and when, milliseconds. */
  private seen: { readonly version: string; readonly at: number } | undefined;

  constructor(private readonly settings: LeaderSettings) {}

  /** Whether another one leads, as far as this one has seen. */
  get standsBy(): boolean {
    return this.seen !== undefined;
  }

  /** Waits until this process leads; false if `stop` came first. */
  async won(stop: AbortSignal): Promise<boolean> {
    while (!stop.aborted) {
      if (await this.triedWithin(LONGEST_TRY_MILLISECONDS)) {
        this.settings.log("info", `${this.settings.identity} leads`);
        return true;
      }
      await delay(RENEW_MILLISECONDS, undefined, { signal: stop }).catch(() => undefined);
    }
    return false;
  }

  /** Renews the lease until `stop`, then gives it back; ends early, with false, if it is lost. */
  async kept(stop: AbortSignal): Promise<boolean> {
    let renewed = Date.now();
    let begun = renewed;
    while (!stop.aborted) {
      const pause = begun + RENEW_MILLISECONDS - Date.now();
      await delay(Math.max(0, pause), undefined, { signal: stop }).catch(() => undefined);
      if (stop.aborted) {
        break;
      }
      begun = Date.now();
      const left = renewed + GIVE_UP_MILLISECONDS - begun;
      if (await this.triedWithin(Math.max(SHORTEST_TRY_MILLISECONDS, Math.min(left, LONGEST_TRY_MILLISECONDS)))) {
        renewed = begun;
      } else if (Date.now() - renewed >= GIVE_UP_MILLISECONDS) {
        return false;
      }
    }
    await this.released();
    return true;
  }

  /** A try that hangs counts as one that failed. */
  private async triedWithin(milliseconds: number): Promise<boolean> {
    return Promise.race([this.tried(), delay(milliseconds, false)]);
  }

  /** Takes the lease, or renews it. @returns whether this process holds it now */
  private async tried(): Promise<boolean> {
    try {
      return await this.take();
    } catch (error) {
      // Another process was faster, or the API server is away: try again.
      if (statusOf(error) !== CONFLICT) {
        this.settings.log("error", `lease ${this.settings.name}: ${errorText(error)}; trying again`);
      }
      return false;
    }
  }

  private async take(): Promise<boolean> {
    const { objects, namespace, name, identity } = this.settings;
    const lease = await this.read();
    const now = microTime(new Date());
    const spec = {
      holderIdentity: identity,
      leaseDurationSeconds: LEASE_SECONDS,
      acquireTime: lease?.spec.holderIdentity === identity ? (lease.spec.acquireTime ?? now) : now,
      renewTime: now,
      leaseTransitions: (lease?.spec.leaseTransitions ?? 0) + (lease?.spec.holderIdentity === identity ? 0 : 1),
    };
    const kind = { apiVersion: "coordination.k8s.io/v1", kind: "Lease" };
    if (lease === undefined) {
      const body = { ...kind, metadata: { name, namespace }, spec };
      await objects.createNamespacedCustomObject({ ...LEASES, namespace, body });
      return true;
    }
    if (!this.isFree(lease)) {
      return false;
    }
    const body = { ...kind, metadata: { name, namespace, resourceVersion: lease.metadata.resourceVersion }, spec };
    await objects.replaceNamespacedCustomObject({ ...LEASES, namespace, name, body });
    return true;
  }

  private isFree({ metadata, spec }: Lease): boolean {
    const { holderIdentity, leaseDurationSeconds = LEASE_SECONDS } = spec;
    if (holderIdentity === undefined || holderIdentity === "" || holderIdentity === this.settings.identity) {
      return true;
    }
    const version = metadata.resourceVersion ?? "";
    if (this.seen?.version !== version) {
      this.seen = { version, at: Date.now() };
    }
    return Date.now() - this.seen.at > leaseDurationSeconds * 1000;
  }

  private async read(): Promise<Lease | undefined> {
    const { objects, namespace, name } = this.settings;
    return ifAny(objects.getNamespacedCustomObject({ ...LEASES, namespace, name }));
  }

  /** Gives the lease back, so that the next process need not wait until it expires. */
  private async released(): Promise<void> {
    const { objects, namespace, name, identity, log } = this.settings;
    try {
      const lease = await this.read();
      if (lease?.spec.holderIdentity === identity) {
        const spec = { ...lease.spec, holderIdentity: "" };
        await objects.replaceNamespacedCustomObject({ ...LEASES, namespace, name, body: { ...lease, spec } });
      }
    } catch (error) {
      log("error", `lease ${name} was not given back: ${errorText(error)}`);
    }
  }
}

/** A time in the format of leases, with microseconds. */
function microTime(time: Date): string {
  return time.toISOString().replace("Z", "000Z");
}
