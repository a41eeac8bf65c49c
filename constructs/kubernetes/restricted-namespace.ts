import { ApiObject, type ApiObjectMetadata, JsonPatch } from "cdk8s";
import { Namespace } from "cdk8s-plus-27";
import type { Construct } from "constructs";
import { versions } from "../definition/versions.ts";

/** A namespace that refuses any pod outside the Pod Security profile `restricted` of a pinned version. */
export function restrictedNamespace(scope: Construct, id: string, metadata: ApiObjectMetadata): void {
  const namespace = new Namespace(scope, id, {
    metadata: { ...metadata, labels: { ...metadata.labels, ...podSecurityLabels() } },
  });
  const object = ApiObject.of(namespace);
  if (object.metadata.namespace !== undefined) {
    // A chart puts its namespace on every object, but a namespace is not in one.
    object.addJsonPatch(JsonPatch.remove("/metadata/namespace"));
  }
}

/** Labels of Pod Security `restricted`, enforced, audited and warned about, in the pinned version. */
export function podSecurityLabels(): Record<string, string> {
  const version = versions().kubernetes.podSecurity;
  return Object.fromEntries(
    ["enforce", "audit", "warn"].flatMap((mode) => [
      [`pod-security.kubernetes.io/${mode}`, "restricted"],
      [`pod-security.kubernetes.io/${mode}-version`, version],
    ]),
  );
}
