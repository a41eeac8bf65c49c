import { Size } from "cdk8s";
import { Cpu, Deployment, ImagePullPolicy, LabelSelector, PersistentVolumeClaim, Volume } from "cdk8s-plus-27";
import { Construct } from "constructs";
import { images } from "../definition/images.ts";
import { customerMetadata } from "../kubernetes/labels.ts";
import { completeRestricted, restrictedContainer, restrictedPod } from "../kubernetes/restricted.ts";
import { RESULTS_CLAIM } from "../lane/results-volume.ts";
import { CONTAINER_USER } from "../workflow/pod-parts.ts";

/** Labels of the pod through which files reach and leave the customer's results volume. */
export const FILES_LABELS = { "app.kubernetes.io/name": "nightlane-results" } as const;

/**
 * A pod that only waits, with the results volume mounted: nothing can be copied out of a completed Spark pod, so the
 * runner reads and writes the volume through it. It runs as Spark's user, who owns the files.
 */
export class FilesDeployment extends Construct {
  constructor(scope: Construct, id: string, customer: string) {
    super(scope, id);
    const claim = PersistentVolumeClaim.fromClaimName(this, "claim", RESULTS_CLAIM);
    const deployment = new Deployment(this, "deployment", {
      metadata: customerMetadata(customer, "results"),
      podMetadata: { labels: FILES_LABELS },
      select: false,
      replicas: 1,
      automountServiceAccountToken: false,
      securityContext: restrictedPod(CONTAINER_USER),
      containers: [
        {
          name: "files",
          image: images().runner,
          imagePullPolicy: ImagePullPolicy.IF_NOT_PRESENT,
          command: ["sleep", "infinity"],
          resources: {
            cpu: { request: Cpu.millis(10), limit: Cpu.units(1) },
            memory: { request: Size.mebibytes(32), limit: Size.mebibytes(256) },
          },
          securityContext: restrictedContainer(CONTAINER_USER),
          volumeMounts: [
            {
              path: "/results",
              volume: Volume.fromPersistentVolumeClaim(this, "results", claim, { name: "results" }),
            },
          ],
        },
      ],
    });
    deployment.select(LabelSelector.of({ labels: FILES_LABELS }));
    completeRestricted(deployment);
  }
}
