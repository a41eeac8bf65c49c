import type { Probe } from "./probe-pod.ts";

/** Something on the network that a runner must not reach. */
export interface Target {
  readonly name: string;
  /** `address:port`. */
  readonly address: string;
  /** @default "tcp" */
  readonly protocol?: "tcp" | "udp";
  /**
   * Which pod must reach it, so that a refusal is due to the policy: one on the node's network where the target itself
   * admits no pod.
   */
  readonly reachedFrom: "unrestricted pod" | "node";
}

/** Port on which the pods of the proof listen. */
export const LISTEN_PORT = 8080;

/** The address of clouds' metadata service, which hands out a machine's credentials. */
export const METADATA_ADDRESS = "169.254.169.254";

/** Port of DNS. */
export const DNS_PORT = 53;

/** A try to reach a target. */
export function reach(target: Target, refused: boolean): Probe {
  return { name: target.name, kind: target.protocol ?? "tcp", target: target.address, refused };
}

/** What a compromised runner tries on its own machine, and what the same try does in a pod without restrictions. */
export const LOCAL_PROBES: readonly Omit<Probe, "refused">[] = [
  {
    name: "a service account token in the runner's own files",
    kind: "read",
    target: "/var/run/secrets/kubernetes.io/serviceaccount/token",
  },
  { name: "a file written outside its volumes", kind: "write", target: "/etc/probe" },
  { name: "a program replaced", kind: "write", target: "/usr/local/bin/probe" },
  { name: "any capability of the kernel's", kind: "status", target: "CapEff" },
  { name: "any capability it could regain", kind: "status", target: "CapBnd" },
  { name: "root's identity", kind: "become-root", target: "" },
];

/** What must hold in every runner: its own credential is there, for the one group that may read it. */
export const OWN_CREDENTIAL: Probe = {
  name: "its own credential",
  kind: "read",
  target: "/credentials/kubeconfig",
  refused: false,
};
