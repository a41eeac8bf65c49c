import { Size } from "cdk8s";
import { PersistentVolumeAccessMode, PersistentVolumeClaim } from "cdk8s-plus-27";
import { Construct } from "constructs";
import { customerMetadata } from "../kubernetes/labels.ts";
import { mebibytes } from "../night/amounts.ts";

/** Name of the results volume's claim, in the lane and on the customer's side. */
export const RESULTS_CLAIM = "results";

export interface ResultsVolumeProps {
  readonly customer: string;
  /** Requested capacity. */
  readonly size: Size;
  /**
   * StorageClass; it must allow ReadWriteMany.
   * @default - the cluster's default class
   */
  readonly storageClass?: string | undefined;
}

/** A volume of results that several pods on several nodes write to. */
export class ResultsVolume extends Construct {
  constructor(scope: Construct, id: string, props: ResultsVolumeProps) {
    super(scope, id);
    new PersistentVolumeClaim(this, "claim", {
      metadata: customerMetadata(props.customer, RESULTS_CLAIM),
      accessModes: [PersistentVolumeAccessMode.READ_WRITE_MANY],
      // The L2 construct takes whole gibibytes, so sizes are rounded up.
      storage: Size.gibibytes(Math.ceil(mebibytes(props.size) / 1024)),
      ...(props.storageClass === undefined ? {} : { storageClassName: props.storageClass }),
    });
  }
}
