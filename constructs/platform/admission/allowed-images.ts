import { ConfigMap } from "cdk8s-plus-27";
import type { Construct } from "constructs";
import { SYSTEM_NAMESPACE } from "../../definition/central-cluster.ts";
import { earlierImages } from "../../definition/earlier-images.ts";
import { images } from "../../definition/images.ts";
import { platformMetadata } from "../../kubernetes/labels.ts";

/** The ConfigMap with the images that may run in a lane. */
export const ALLOWED_IMAGES = { name: "admission-images", namespace: SYSTEM_NAMESPACE } as const;

/** CEL: the images of the runner that may run, newest first. An absent key is an error, which refuses the request. */
export const RUNNER_IMAGES = "params.data.runner.split('\\n')";

/** CEL: the images of Argo's executor that may run. */
export const EXECUTOR_IMAGES = "params.data.executor.split('\\n')";

/**
 * The images that may run in a lane, by digest, one a line: this release's, and those of `earlier-images.json`, which
 * the retained templates of earlier nights name and an exact replay needs.
 */
export function allowedImages(scope: Construct): void {
  const { runner, executor } = earlierImages();
  new ConfigMap(scope, "allowed-images", {
    metadata: platformMetadata(ALLOWED_IMAGES.name, ALLOWED_IMAGES.namespace),
    data: {
      runner: [images().runner, ...runner].join("\n"),
      executor: [images().argoExecutor, ...executor].join("\n"),
    },
  });
}
