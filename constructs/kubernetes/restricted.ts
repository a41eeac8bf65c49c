import { ApiObject, JsonPatch } from "cdk8s";
import type { ContainerSecurityContextProps, PodSecurityContextProps } from "cdk8s-plus-27";
import type { IConstruct } from "constructs";

/** Pod settings for Pod Security `restricted`, with one id as user, group and group of the volumes. */
export function restrictedPod(id: number): PodSecurityContextProps {
  return { user: id, group: id, fsGroup: id, ensureNonRoot: true };
}

/** Container settings for Pod Security `restricted`; see `completeRestricted` for the rest of them. */
export function restrictedContainer(id: number): ContainerSecurityContextProps {
  return { user: id, group: id, ensureNonRoot: true, allowPrivilegeEscalation: false, readOnlyRootFilesystem: true };
}

/**
 * Adds what the L2 constructs of this version cannot express: no capability at all, and the runtime's seccomp profile.
 */
export function completeRestricted(workload: IConstruct): void {
  const pod = "/spec/template/spec";
  ApiObject.of(workload).addJsonPatch(
    JsonPatch.add(`${pod}/securityContext/seccompProfile`, { type: "RuntimeDefault" }),
    JsonPatch.add(`${pod}/containers/0/securityContext/capabilities`, { drop: ["ALL"] }),
  );
}
