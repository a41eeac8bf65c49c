import { ARGO_NAMESPACE } from "../../../constructs/definition/central-cluster.ts";
import { fields } from "../../model/fields.ts";
import { objectName } from "../../model/object-name.ts";
import { settingOf } from "../../model/settings.ts";
import type { Rule } from "../rule.ts";

/** Settings of the controller, each with what it may contain. */
const SETTINGS: Readonly<Record<string, readonly string[]>> = {
  executor: ["image", "imagePullPolicy", "resources", "securityContext"],
  metricsConfig: ["enabled", "path", "port", "secure"],
  synchronization: ["semaphoreLimitCacheSeconds"],
  workflowRestrictions: ["templateReferencing"],
};

const SOURCE = "constructs/platform/argo-controller.ts";

export const controllerSettings: Rule = {
  number: 44,
  name: "controller-settings",
  info: "The one Argo controller has a setting that reaches into lanes, or lets anyone who starts a night bring their own templates.",
  explanation:
    "The controller's settings hold for all lanes: an artifact repository in them is one bucket that all lanes write to, workflowDefaults change every night, and without templateReferencing Strict a submitter brings their own pods. They are YAML inside a ConfigMap, where a check of fields does not see them.",
  unit: "settings",
  check(view, inspection) {
    const found = view.platform.filter(
      ({ kind, metadata }) => kind === "ConfigMap" && metadata.namespace === ARGO_NAMESPACE,
    );
    for (const manifest of found) {
      const object = objectName(manifest);
      for (const [name, value] of Object.entries(fields(manifest.data))) {
        inspection.examine();
        const allowed = SETTINGS[name];
        if (allowed === undefined) {
          inspection.report(object, `data.${name} is not a setting that was reviewed`, `remove it from ${SOURCE}`);
          continue;
        }
        for (const field of Object.keys(settingOf(value)).filter((each) => !allowed.includes(each))) {
          inspection.report(object, `data.${name} has ${field}`, `remove it from ${SOURCE}`);
        }
      }
      const strict = settingOf(fields(manifest.data).workflowRestrictions).templateReferencing;
      if (strict !== "Strict") {
        inspection.report(object, `templateReferencing is ${String(strict)}`, "write Strict");
      }
      const security = fields(settingOf(fields(manifest.data).executor).securityContext);
      if (
        security.runAsNonRoot !== true ||
        security.allowPrivilegeEscalation !== false ||
        security.privileged === true
      ) {
        inspection.report(object, "Argo's own containers are not restricted", `restrict them in ${SOURCE}`);
      }
    }
  },
};
