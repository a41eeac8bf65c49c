import { CREDENTIAL_SECRET } from "../../../constructs/lane/credential-secret.ts";
import type { CustomerLane } from "../../model/estate.ts";
import { objectName } from "../../model/object-name.ts";
import type { EstateView, OwnedObject } from "../../model/view.ts";
import { grantedToPlatform } from "../../rbac/granted.ts";
import { showPermission } from "../../rbac/policy-rule.ts";
import { power, reachesSecrets } from "../../rbac/powers.ts";
import { scan } from "../../scan/scan.ts";
import type { Inspection, Rule } from "../rule.ts";

/** Annotations by which well-known controllers copy a Secret into other namespaces. */
const COPYING =
  /^(?:reflector\.v1\.k8s\.emberstack\.com|replicator\.v1\.mittwald\.de|kubed\.appscode\.com|config\.syncer|secret-sync)/;

export const credentialSecret: Rule = {
  number: 10,
  name: "credential-secret",
  info: "A lane has not exactly one credential Secret, or a Secret is referred to, copied or readable from where it must not be.",
  explanation:
    "The credential is the way into the customer's cluster. It is mounted by the lane's own pods and by nothing else: no reference from another namespace, no other Secret beside it (a token in one would never expire), no controller that copies it, and nobody reads Secrets through the API, not even in its own lane.",
  unit: "Secrets, references and roles",
  check(view, inspection) {
    for (const lane of view.customers) {
      checkSecrets(lane, inspection);
    }
    for (const owned of view.objects) {
      checkReferences(owned, view, inspection);
      checkCopying(owned, inspection);
    }
    checkRoles(view, inspection);
  },
};

function checkSecrets(lane: CustomerLane, inspection: Inspection): void {
  const secrets = lane.lane.filter(({ kind }) => kind === "Secret");
  inspection.examine(secrets.length);
  const credentials = secrets.filter(({ metadata }) => metadata.name === CREDENTIAL_SECRET);
  if (credentials.length !== 1) {
    inspection.report(
      `Secret ${lane.namespace}/${CREDENTIAL_SECRET}`,
      `there are ${credentials.length} of it in the lane`,
      "declare the lane's one credential Secret",
    );
  }
  for (const manifest of secrets) {
    if (manifest.metadata.name !== CREDENTIAL_SECRET || manifest.type !== "Opaque") {
      inspection.report(
        objectName(manifest),
        "is not the lane's credential",
        `put further tokens into ${CREDENTIAL_SECRET}, by the customer's file: credentials.<name>`,
      );
    }
  }
}

function checkReferences({ object, manifest, owner }: OwnedObject, view: EstateView, inspection: Inspection): void {
  if (manifest.kind === "Application") {
    // What its values refer to is in the customer's own cluster.
    return;
  }
  const own = view.laneByName.get(owner)?.namespace;
  for (const { path, name, namespace, use } of scan(manifest).secretReferences) {
    inspection.examine();
    const into = namespace ?? manifest.metadata.namespace;
    const lane = into === undefined ? undefined : view.laneByNamespace.get(into);
    if (lane === undefined ? own !== undefined : lane.namespace !== own) {
      inspection.report(
        object,
        `${path} refers to Secret ${name} of ${into ?? "no namespace"}`,
        "remove the reference",
      );
    } else if (lane !== undefined && (name !== CREDENTIAL_SECRET || use !== "volume")) {
      inspection.report(
        object,
        `${path} refers to Secret ${name}${use === "volume" ? "" : ", not as a volume"}`,
        `mount the lane's ${CREDENTIAL_SECRET} as a volume; it has the further tokens too`,
      );
    }
  }
}

function checkCopying({ object, manifest }: OwnedObject, inspection: Inspection): void {
  if (manifest.kind !== "Secret") {
    return;
  }
  for (const key of Object.keys(manifest.metadata.annotations ?? {}).filter((name) => COPYING.test(name))) {
    inspection.report(object, `annotation ${key} has it copied into other namespaces`, "remove the annotation");
  }
}

function checkRoles(view: EstateView, inspection: Inspection): void {
  for (const role of view.rbac.roles) {
    inspection.examine();
    // A wildcard includes Secrets, too: rule 5 reports it.
    const reaching = role.permissions.filter(
      (permission) =>
        reachesSecrets(permission) && power(permission) === undefined && !grantedToPlatform(role, permission),
    );
    for (const permission of reaching) {
      inspection.report(role.object, `allows ${showPermission(permission)}`, "remove it: pods mount what they need");
    }
  }
}
