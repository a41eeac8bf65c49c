import type { Manifest } from "../../constructs/kubernetes/manifest.ts";
import { type Fields, fields, fieldsList, list, strings, text } from "../model/fields.ts";
import { objectName } from "../model/object-name.ts";
import { type AddressRange, parseRange, subtract } from "./address.ts";
import { type PortRange, parsePorts } from "./ports.ts";
import { selectsEverything } from "./selector.ts";

export type Direction = "egress" | "ingress";

/** The other end that a rule of a policy allows. */
export type Peer =
  | { readonly kind: "anywhere" }
  | {
      readonly kind: "addresses";
      readonly cidr: string;
      readonly except: readonly string[];
      /** Undefined if the CIDR cannot be read: nothing is proven about it. */
      readonly ranges: readonly AddressRange[] | undefined;
    }
  | {
      readonly kind: "pods";
      /** Selector of namespaces; undefined means the policy's own. */
      readonly namespaces: unknown;
      /** Selector of pods; undefined means all. */
      readonly pods: unknown;
    };

/** One peer on its ports: the smallest thing a policy allows. */
export interface Allowance {
  /** Name of the policy's object. */
  readonly policy: string;
  /** Namespace of the pods that the policy is for. */
  readonly namespace: string;
  readonly direction: Direction;
  /** Where it is in the object: `spec.egress[0].to[1]`. */
  readonly path: string;
  readonly peer: Peer;
  readonly ports: readonly PortRange[];
}

/** A NetworkPolicy as Kubernetes reads it. */
export interface Policy {
  readonly object: string;
  readonly namespace: string;
  readonly podSelector: unknown;
  readonly selectsEveryPod: boolean;
  /** Directions in which the pods it selects are isolated. */
  readonly isolates: readonly Direction[];
  readonly allowances: readonly Allowance[];
}

/** Reads a NetworkPolicy, with the API's defaults for what it leaves out. */
export function readPolicy(manifest: Manifest): Policy {
  const spec = fields(manifest.spec);
  const types = strings(spec.policyTypes).map((type) => type.toLowerCase());
  // Without policyTypes: ingress always, egress if there is an egress rule.
  const isolates = (["ingress", "egress"] as const).filter((direction) =>
    spec.policyTypes === undefined
      ? direction === "ingress" || list(spec.egress).length > 0
      : types.includes(direction),
  );
  const namespace = manifest.metadata.namespace ?? "";
  const context = { policy: objectName(manifest), namespace };
  return {
    object: context.policy,
    namespace,
    podSelector: spec.podSelector,
    selectsEveryPod: selectsEverything(spec.podSelector ?? {}),
    isolates,
    // A rule in a direction that is not among policyTypes has no effect.
    allowances: isolates.flatMap((direction) => readRules(spec, direction, context)),
  };
}

function readRules(
  spec: Fields,
  direction: Direction,
  context: Pick<Allowance, "policy" | "namespace">,
): readonly Allowance[] {
  const field = direction === "egress" ? "to" : "from";
  return fieldsList(spec[direction]).flatMap((rule, index) => {
    const ports = parsePorts(rule.ports);
    const peers = fieldsList(rule[field]);
    const path = `spec.${direction}[${index}]`;
    if (peers.length === 0) {
      return [{ ...context, direction, path, peer: { kind: "anywhere" } as const, ports }];
    }
    return peers.map((peer, position) => ({
      ...context,
      direction,
      path: `${path}.${field}[${position}]`,
      peer: readPeer(peer),
      ports,
    }));
  });
}

function readPeer(peer: Fields): Peer {
  if (peer.ipBlock === undefined) {
    return { kind: "pods", namespaces: peer.namespaceSelector, pods: peer.podSelector };
  }
  const block = fields(peer.ipBlock);
  const cidr = text(block.cidr) ?? "";
  const except = strings(block.except);
  const whole = parseRange(cidr);
  const holes = except.map(parseRange);
  const readable = holes.filter((hole) => hole !== undefined);
  const ranges = whole === undefined || readable.length < holes.length ? undefined : subtract(whole, readable);
  return { kind: "addresses", cidr, except, ranges };
}
