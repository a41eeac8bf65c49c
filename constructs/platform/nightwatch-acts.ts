import { Construct } from "constructs";
import { ACT_PREFIX } from "../../runs/annotations.ts";
import { AdmissionPolicy, type PolicyRule, type Variable } from "./admission/admission-policy.ts";
import { quoted } from "./admission/cel.ts";
import { NIGHT_CONTROL_PREFIX } from "./admission/control-config-maps.ts";
import { FROM_ARGO, FROM_DEPLOYER, FROM_KUBERNETES } from "./admission/identities.ts";
import { IS_READER } from "./admission/workflow-fields.ts";

const WHERE_ACTS_ARE: readonly PolicyRule[] = [
  { apiGroup: "argoproj.io", apiVersion: "v1alpha1", resources: ["workflows"], operations: ["CREATE", "UPDATE"] },
  { apiGroup: "", apiVersion: "v1", resources: ["pods"], operations: ["UPDATE"] },
  { apiGroup: "", apiVersion: "v1", resources: ["configmaps"], operations: ["CREATE", "UPDATE"] },
];

const ACTS: readonly Variable[] = [
  { name: "now", expression: "object.metadata.?annotations.orValue({})" },
  { name: "before", expression: "oldObject == null ? {} : oldObject.metadata.?annotations.orValue({})" },
  {
    name: "written",
    expression: `variables.now.filter(key, key.startsWith(${quoted(ACT_PREFIX)}) && !(key in variables.before))`,
  },
];

/** CEL: the requester's name as JSON writes it. */
const REQUESTER = String.raw`request.userInfo.username.replace('\\', '\\\\').replace('"', '\\"')`;

/**
 * Who did what to a night. Acts are annotations in the very request that makes the change. Two policies make them
 * evidence: an act names the requester whom the API server authenticated, and is never changed again, for anybody; and
 * an operator changes nothing without one. What that does not prove: that a reason is true, and which of several people
 * used one account.
 */
export class NightwatchActs extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new AdmissionPolicy(this, "honest", {
      name: "nightlane-acts",
      rules: WHERE_ACTS_ARE,
      variables: ACTS,
      validations: [
        {
          expression: `variables.written.all(key, variables.now[key].startsWith('{"by":"' + ${REQUESTER} + '",'))`,
          received: "'an act that does not name ' + request.userInfo.username",
          rule: "an act names whoever makes the request: run records rest on it",
          mend: "use the nightlane command, which asks the API server who you are",
        },
        {
          expression: `variables.before.all(key, !key.startsWith(${quoted(ACT_PREFIX)}) || (key in variables.now && variables.now[key] == variables.before[key]))`,
          rule: "an act that was noted is never changed or removed",
          mend: "add another act that corrects it",
        },
      ],
    });
    new AdmissionPolicy(this, "required", {
      name: "nightlane-acts-required",
      rules: WHERE_ACTS_ARE,
      exempt: {
        "argo-controller": FROM_ARGO,
        kubernetes: FROM_KUBERNETES,
        // Nothing would be proven: a deployer could take this policy away. The audit log has what they do.
        deployer: FROM_DEPLOYER,
        // It changes nothing; reading the log of a pod that is still there asks for no reason either.
        reader: `request.resource.resource == 'workflows' && request.operation == 'CREATE' && ${IS_READER}`,
        "other-config-map": `request.resource.resource == 'configmaps' && !request.name.startsWith(${quoted(NIGHT_CONTROL_PREFIX)})`,
      },
      variables: ACTS,
      validations: [
        {
          expression: "size(variables.written) > 0",
          rule: "an operator's change of a night says in the same request who makes it and why",
          mend: "use the nightlane command with --reason",
        },
      ],
    });
  }
}
