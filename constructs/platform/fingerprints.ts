import { Chart } from "cdk8s";
import { ConfigMap } from "cdk8s-plus-27";
import type { Construct } from "constructs";
import { CUSTOMER_LABEL } from "../../runs/run-record.ts";
import { SYSTEM_NAMESPACE } from "../definition/central-cluster.ts";
import { platformMetadata } from "../kubernetes/labels.ts";

export interface FingerprintsProps {
  readonly customer: string;
  /** Keyed hashes of what must be unique across customers, hexadecimal. They reveal nothing about a credential. */
  readonly digests: readonly string[];
}

/**
 * One immutable ConfigMap in the platform's namespace for each thing that no two customers may share, named by its
 * keyed hash. A job that deploys one customer has no other's credential and cannot compare; but the API server refuses
 * to let the second customer take an object that belongs to the first.
 */
export class Fingerprints extends Chart {
  constructor(scope: Construct, id: string, props: FingerprintsProps) {
    super(scope, id, { disableResourceNameHashes: true });
    for (const digest of props.digests) {
      const { labels, ...metadata } = platformMetadata(`fingerprint-${digest}`, SYSTEM_NAMESPACE);
      new ConfigMap(this, digest, {
        metadata: { ...metadata, labels: { ...labels, [CUSTOMER_LABEL]: props.customer } },
        data: { customer: props.customer },
        immutable: true,
      });
    }
  }
}
