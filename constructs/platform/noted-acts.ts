import { Construct } from "constructs";
import { ACT_PREFIX } from "../../runs/annotations.ts";
import { ARGO } from "../../runs/workflow.ts";
import { AdmissionPolicy, CORE, type PolicyRule } from "./admission/admission-policy.ts";
import { quoted } from "./admission/cel.ts";
import { OWN_ADDRESSES } from "./admission/control-config-maps.ts";
import { FROM_ARGO, FROM_DEPLOYER, FROM_KUBERNETES, FROM_NIGHTWATCH, mayDeploy } from "./admission/identities.ts";

const WHERE_ACTS_ARE: readonly PolicyRule[] = [
  { ...ARGO, resources: ["workflows", "cronworkflows"], operations: ["CREATE", "UPDATE"] },
  { ...CORE, resources: ["pods"], operations: ["UPDATE"] },
  { ...CORE, resources: ["configmaps"], operations: ["CREATE", "UPDATE"] },
];

const ACTS = {
  now: "object.metadata.?annotations.orValue({})",
  before: "oldObject == null ? {} : oldObject.metadata.?annotations.orValue({})",
  written: `variables.now.filter(key, key.startsWith(${quoted(ACT_PREFIX)}) && !(key in variables.before))`,
} as const;

/**
 * Who did what to a night, noted on what was changed, in the very request that changed it. Only nightwatch writes such
 * a note, from an act whose author the API server has authenticated; nobody changes one; and nightwatch changes nothing
 * without one. This does not prove that a reason is true, or which of several people used one account.
 */
export class NotedActs extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new AdmissionPolicy(this, "policy", {
      name: "nightlane-noted-acts",
      rules: WHERE_ACTS_ARE,
      variables: ACTS,
      validations: [
        {
          expression: `size(variables.written) == 0 || ${FROM_NIGHTWATCH}`,
          received: "'a noted act from ' + request.userInfo.username",
          rule: "nightwatch alone notes acts: run records rest on it",
          fix: "use the nightlane command, which asks nightwatch",
        },
        {
          // A schedule exists for years, and an object has limited room for notes: nightwatch drops its oldest.
          expression: `variables.before.all(key, !key.startsWith(${quoted(ACT_PREFIX)}) || (key in variables.now ? variables.now[key] == variables.before[key] : (${FROM_NIGHTWATCH} && request.resource.resource == 'cronworkflows')))`,
          rule: "an act that was noted is never changed or removed",
          fix: "add another act that corrects it",
        },
        {
          expression: `size(variables.written) > 0 || ${FROM_ARGO} || ${FROM_KUBERNETES} || ${FROM_DEPLOYER} || (request.resource.resource == 'cronworkflows' && ${mayDeploy("request.namespace")}) || (request.resource.resource == 'configmaps' && ${OWN_ADDRESSES})`,
          received: "'a change without an act from ' + request.userInfo.username",
          rule: "a change of a night says in the same request who asked for it and why",
          fix: "use the nightlane command with --reason",
        },
      ],
    });
  }
}
