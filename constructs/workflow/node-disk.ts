import { mebibytes } from "../night/amounts.ts";
import type { PodSettings } from "../night/pod-settings.ts";

/** A container's share of its node's disk for its log and for /tmp, in MiB. */
const ASKED = 1024;
const MOST = 8192;

/** A container's share of its node's disk, as Kubernetes writes it. */
export interface NodeDisk {
  readonly requested: string;
  readonly most: string;
}

/**
 * A container's share of its node's disk: its own, and its scratch volumes. The kubelet counts these with
 * the container, and evicts a pod that uses more than the limits of its containers, whatever the sizes of its volumes.
 * @param further What else it needs, in MiB.
 */
export function nodeDisk({ volumes }: PodSettings, further = 0): NodeDisk {
  const scratch = scratchMebibytes(volumes) + further;
  return { requested: quantity(ASKED + scratch), most: quantity(MOST + scratch) };
}

/** Total size of a step's scratch volumes, in MiB. */
export function scratchMebibytes(volumes: PodSettings["volumes"] = {}): number {
  return Object.values(volumes).reduce(
    (sum, volume) => sum + (volume.kind === "scratch" ? mebibytes(volume.size) : 0),
    0,
  );
}

function quantity(amount: number): string {
  return amount % 1024 === 0 ? `${amount / 1024}Gi` : `${amount}Mi`;
}
