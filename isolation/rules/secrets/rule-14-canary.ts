import { ARGOCD_NAMESPACE, SECRET_TYPE_LABEL } from "../../../constructs/apps/argo-cd.ts";
import type { Manifest } from "../../../constructs/kubernetes/manifest.ts";
import { CREDENTIAL_SECRET } from "../../../constructs/lane/credential-secret.ts";
import { fields } from "../../model/fields.ts";
import { objectName } from "../../model/object-name.ts";
import { canaryForms, findCanary } from "../../scan/canary.ts";
import type { Rule } from "../rule.ts";

/** What the Secret of a registered cluster shows openly, so that it can be judged (rule 29): all but the credential. */
const REGISTRATION = new Set(["name", "server", "namespaces", "clusterResources", "project"]);

export const canary: Rule = {
  number: 14,
  name: "canary",
  info: "A planted credential came out in a manifest: plain, in base64, or in base64 of base64.",
  explanation:
    "Manifests are written to dist, shown in merge requests and kept in logs. Every place a credential comes from (variables, files, the stack's configuration) held a value that exists nowhere else while everything was rendered; the manifests are searched for it, and no Secret in them may carry data at all. What a deployment leaves in previews, state, logs and live objects is searched by the live proof.",
  unit: "manifests",
  check(view, inspection) {
    const { canary: trial } = view.trials;
    if (trial === undefined) {
      inspection.note("no definition is at hand, so nothing was planted: only the Secrets' data was examined");
    }
    const forms = trial === undefined ? [] : canaryForms(trial.stem);
    for (const { owner, manifests } of trial?.rendered ?? []) {
      for (const manifest of manifests) {
        inspection.examine();
        const found = findCanary(JSON.stringify(manifest), forms);
        if (found !== undefined) {
          const values = trial?.planted
            .filter(({ customer }) => customer === owner)
            .map(({ credential }) => credential);
          inspection.report(
            objectName(manifest),
            `contains a credential (${found})${values?.length ? `; planted for this customer: ${values.join(", ")}` : ""}`,
            "refer to the credential by name; only the deployment reads it, into the Secret credential",
          );
        }
      }
    }
    for (const { manifest, object } of view.objects) {
      if (manifest.kind === "Secret") {
        inspection.examine();
        const written = [...Object.keys(fields(manifest.data)), ...Object.keys(fields(manifest.stringData))];
        const keys = written.filter((key) => !isRegistration(manifest) || !REGISTRATION.has(key));
        if (keys.length > 0) {
          inspection.report(
            object,
            `carries data in the manifest: ${keys.join(", ")}`,
            `leave ${CREDENTIAL_SECRET} empty here: the deployment fills it`,
          );
        }
      }
    }
  },
};

function isRegistration({ metadata }: Manifest): boolean {
  return metadata.namespace === ARGOCD_NAMESPACE && fields(metadata.labels)[SECRET_TYPE_LABEL] === "cluster";
}
