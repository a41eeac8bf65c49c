import { fields } from "../../model/fields.ts";
import { scan } from "../../scan/scan.ts";
import type { Rule } from "../rule.ts";

const ENFORCE = "pod-security.kubernetes.io/enforce";

export const noHostAccess: Rule = {
  number: 23,
  name: "no-host-access",
  info: "A pod asks for the node's network, processes or files, or a namespace does not enforce the profile that refuses it.",
  explanation:
    "A pod in the node's network is outside every network policy; one with the node's files reads every other pod's Secrets. Searched are pods wherever they are described: workflow templates, patches of pods as text, the controller's settings, the Jobs that a step starts in the customer's cluster. What makes it impossible, for pods that no manifest describes, is Pod Security restricted in a pinned version on every namespace.",
  unit: "manifests",
  check(view, inspection) {
    for (const { manifest, object } of [...view.objects, ...view.customerSideObjects]) {
      inspection.examine();
      for (const { path, what } of scan(manifest).hostAccess) {
        inspection.report(object, `${path} asks for ${what}`, "remove it: nothing of Nightlane's needs the node");
      }
      if (manifest.kind === "Namespace") {
        const labels = fields(manifest.metadata.labels);
        const version = view.versions.kubernetes.podSecurity;
        if (labels[ENFORCE] !== "restricted" || labels[`${ENFORCE}-version`] !== version) {
          inspection.report(
            object,
            `enforces Pod Security ${labels[ENFORCE] ?? "nothing"} in version ${labels[`${ENFORCE}-version`] ?? "(none)"}`,
            `label it ${ENFORCE}: restricted, ${ENFORCE}-version: ${version}`,
          );
        }
      }
    }
  },
};
