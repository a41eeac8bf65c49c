import { Construct } from "constructs";
import { podSecurityLabels } from "../../kubernetes/restricted-namespace.ts";
import { AdmissionPolicy } from "./admission-policy.ts";
import { listOf, quoted } from "./cel.ts";
import { FROM_DEPLOYER } from "./identities.ts";

/** Label by which Argo lets a namespace run more workflows at once than others. */
const PARALLELISM_LABEL = "workflows.argoproj.io/parallelism-limit";

/**
 * Invariants 27, 28 and 35: a lane always carries the labels of Pod Security `restricted` in the pinned version, whoever
 * writes it; and only a deployer changes those labels, or Argo's limit of parallel workflows, on any namespace.
 */
export class NamespaceLabels extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const required = Object.entries(podSecurityLabels());
    new AdmissionPolicy(this, "policy", {
      name: "nightlane-namespace-labels",
      scope: "everywhere",
      rules: [{ apiGroup: "", apiVersion: "v1", resources: ["namespaces"], operations: ["CREATE", "UPDATE"] }],
      variables: [
        { name: "now", expression: "object.metadata.?labels.orValue({})" },
        { name: "before", expression: "oldObject == null ? {} : oldObject.metadata.?labels.orValue({})" },
        {
          name: "guarded",
          expression: `(variables.now.filter(key, true) + variables.before.filter(key, true)).filter(key, key.startsWith('pod-security.kubernetes.io/') || key in ${listOf([PARALLELISM_LABEL])})`,
        },
      ],
      validations: [
        {
          expression: `!object.metadata.name.startsWith('customer-') || (${required
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
    });
  }
}
