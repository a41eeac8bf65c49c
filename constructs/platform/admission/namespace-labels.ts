import { podSecurityLabels } from "../../kubernetes/restricted-namespace.ts";
import { type AdmissionPolicyProps, CORE } from "./admission-policy.ts";
import { quoted } from "./cel.ts";
import { FROM_DEPLOYER, isLane } from "./identities.ts";

/**
 * Invariants 27, 28 and 35: a lane always carries the labels of Pod Security `restricted` in the pinned version, whoever
 * writes it. Only a deployer changes those labels, or Argo's limit of parallel workflows, on any namespace.
 */
export const NAMESPACE_LABELS: AdmissionPolicyProps = {
  name: "nightlane-namespace-labels",
  scope: "everywhere",
  rules: [{ ...CORE, resources: ["namespaces"], operations: ["CREATE", "UPDATE"] }],
  variables: {
    now: "object.metadata.?labels.orValue({})",
    before: "oldObject == null ? {} : oldObject.metadata.?labels.orValue({})",
    guarded: `(variables.now.filter(key, true) + variables.before.filter(key, true)).filter(key, key.startsWith('pod-security.kubernetes.io/') || key in ['workflows.argoproj.io/parallelism-limit'])`,
  },
  validations: [
    {
      expression: `!${isLane("object.metadata.name")} || (${Object.entries(podSecurityLabels())
        .map(([key, value]) => `variables.now[?${quoted(key)}].orValue('') == ${quoted(value)}`)
        .join(" && ")})`,
      rule: "a lane enforces Pod Security restricted in the pinned version",
      fix: "keep the labels pod-security.kubernetes.io/* as the customer's stack sets them",
    },
    {
      expression: `${FROM_DEPLOYER} || variables.guarded.all(key, variables.now[?key].orValue('') == variables.before[?key].orValue(''))`,
      received: "'a change of ' + variables.guarded.join(', ') + ' by ' + request.userInfo.username",
      rule: "only a deployer changes a namespace's Pod Security labels and its limit of parallel workflows",
      fix: "change the customer's file and deploy",
    },
  ],
};
