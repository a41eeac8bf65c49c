import { type Fields, fields, text } from "../../model/fields.ts";
import { scan } from "../../scan/scan.ts";
import type { Inspection, Rule } from "../rule.ts";
import { checkReleased, checkRunners, isNamedByDigest } from "./released-images.ts";

/** Below it, artifact collection passes Strict referencing (CVE-2026-54526, fixed in 4.0.6), and locks and retries fail. */
const ARGO_FLOOR = "4.0.10";

export const pinnedImages: Rule = {
  number: 39,
  name: "pinned-images",
  info: "An image is not named by digest, is not the one that was released for its place, or production may run an Argo Workflows with known holes between lanes.",
  explanation:
    "A tag is whatever it points to tonight; a digest is what was reviewed and scanned. And any registry has digests: on the platform and in lanes the images are those of images.json, which a release writes; those that policies let in beside them, of earlier-images.json, by digest as well. Images are searched wherever a pod is described: workflow templates, the controller's settings, the Jobs of a step; and in the pipeline and those it triggers, whose jobs hold the credentials of stacks: there a variable is no digest either, since whoever runs a pipeline may set it. An image's digest does not reveal its version, so the versions that production may have are read from versions.json: the farm's own may be lower, the floor for production may not.",
  unit: "images and versions",
  check(view, inspection) {
    for (const { manifest, object } of [...view.objects, ...view.customerSideObjects]) {
      for (const { path, image } of scan(manifest).images) {
        inspection.examine();
        if (!isNamedByDigest(image)) {
          inspection.report(object, `${path} is ${image}`, "write <repository>@sha256:<64 hex digits>, in images.json");
        }
      }
    }
    checkReleased(view.platform, inspection);
    for (const { manifest } of view.objects.filter(({ manifest: { kind } }) => kind === "WorkflowTemplate")) {
      checkRunners(manifest, inspection);
    }
    const { main, children = {} } = view.trials.pipeline ?? {};
    checkPipeline(".gitlab-ci.yml", main, inspection);
    for (const [purpose, child] of Object.entries(children)) {
      checkPipeline(`pipeline of ${purpose}`, child, inspection);
    }
    const { productionFloor, production } = view.versions.argoWorkflows;
    for (const [property, version] of Object.entries({ productionFloor, production })) {
      if (version === undefined) {
        continue;
      }
      inspection.examine();
      if (!atLeast(version, ARGO_FLOOR)) {
        inspection.report(
          "versions.json",
          `argoWorkflows.${property} is ${version}`,
          `write ${ARGO_FLOOR} or later; earlier ones have known holes between lanes`,
        );
      }
    }
  },
};

/**
 * Jobs hold credentials of stacks, so their images are named like those in lanes; in no variable, since whoever runs a
 * pipeline may set it for that pipeline.
 */
function checkPipeline(file: string, pipeline: Fields | undefined, inspection: Inspection): void {
  for (const [name, job] of Object.entries(pipeline ?? {})) {
    const { image: named } = fields(job);
    if (named === undefined) {
      continue;
    }
    inspection.examine();
    const image = text(named) ?? text(fields(named).name) ?? "";
    if (!isNamedByDigest(image)) {
      inspection.report(file, `${name}.image is ${image}`, "write <repository>@sha256:<64 hex digits>, in no variable");
    }
  }
}

/** Whether a version is at or above another; a pre-release is below its release. */
function atLeast(version: string, floor: string): boolean {
  const match = /^v?(\d+)\.(\d+)\.(\d+)(-.+)?$/.exec(version);
  if (match === null) {
    return false;
  }
  const parts = match.slice(1, 4).map(Number);
  const least = floor.split(".").map(Number);
  const index = parts.findIndex((part, position) => part !== least[position]);
  return index === -1 ? match[4] === undefined : (parts[index] ?? 0) > (least[index] ?? 0);
}
