import { ARGO_NAMESPACE, SYSTEM_NAMESPACE } from "../../../constructs/definition/central-cluster.ts";
import { earlierImages } from "../../../constructs/definition/earlier-images.ts";
import { type ImageName, images } from "../../../constructs/definition/images.ts";
import type { Manifest } from "../../../constructs/kubernetes/manifest.ts";
import { ALLOWED_IMAGES } from "../../../constructs/platform/admission/allowed-images.ts";
import { fields, fieldsList, text } from "../../model/fields.ts";
import { objectName } from "../../model/object-name.ts";
import { scan } from "../../scan/scan.ts";
import type { Inspection } from "../rule.ts";

/** Which image of the release each object of the platform runs; no other has one. */
const ON_THE_PLATFORM: Readonly<Record<string, ImageName>> = {
  [`Deployment ${ARGO_NAMESPACE}/workflow-controller`]: "argoController",
  [`ConfigMap ${ARGO_NAMESPACE}/workflow-controller-configmap`]: "argoExecutor",
  [`Deployment ${SYSTEM_NAMESPACE}/nightwatch`]: "nightwatch",
};

const FIX = "name it in images.json, where a release is reviewed; what earlier nights need, in earlier-images.json";

const BY_DIGEST_FIX = "write <repository>@sha256:<64 hex digits>, in images.json or earlier-images.json";

const BY_DIGEST = /^[^\s@]+@sha256:[0-9a-f]{64}$/;

/** Whether an image determines what will run. */
export function isNamedByDigest(image: string): boolean {
  return BY_DIGEST.test(image);
}

/** What runs beside credentials must be released, and not merely have a digest. */
export function checkReleased(platform: readonly Manifest[], inspection: Inspection): void {
  for (const manifest of platform) {
    const object = objectName(manifest);
    if (manifest.metadata.name === ALLOWED_IMAGES.name && manifest.metadata.namespace === ALLOWED_IMAGES.namespace) {
      checkAllowed(manifest, object, inspection);
    }
    const name = ON_THE_PLATFORM[object];
    const wanted = name === undefined ? undefined : images()[name];
    for (const { path, image } of scan(manifest).images) {
      if (image !== wanted) {
        inspection.report(object, `${path} is ${image}, not ${name ?? "an image"} of this release`, FIX);
      }
    }
  }
}

/** In a lane a container runs the runner and nothing else. */
export function checkRunners(template: Manifest, inspection: Inspection): void {
  for (const { name, container } of fieldsList(fields(template.spec).templates)) {
    const image = text(fields(container).image);
    if (container !== undefined && image !== images().runner) {
      const message = `template ${text(name) ?? ""} runs ${image ?? "no image"}, not runner of this release`;
      inspection.report(objectName(template), message, FIX);
    }
  }
}

/** The pod policies let in what is in these lists, so one more line is one more image beside every credential. */
function checkAllowed(manifest: Manifest, object: string, inspection: Inspection): void {
  const data = fields(manifest.data);
  const { runner, argoExecutor } = images();
  const earlier = earlierImages();
  const wanted = {
    runner: [runner, ...earlier.runner].join("\n"),
    executor: [argoExecutor, ...earlier.executor].join("\n"),
  };
  inspection.examine();
  for (const [key, list] of Object.entries(wanted)) {
    if (data[key] !== list) {
      inspection.report(object, `data.${key} is not the list of images.json and earlier-images.json`, FIX);
    }
    for (const image of (text(data[key]) ?? "").split("\n").filter((one) => !isNamedByDigest(one))) {
      inspection.report(object, `data.${key} lets in ${image || "an image without a name"}`, BY_DIGEST_FIX);
    }
  }
}
