import { ARGO } from "../../../runs/workflow.ts";
import { ARGOCD_NAMESPACE } from "../../apps/argo-cd.ts";
import type { AdmissionPolicyProps } from "./admission-policy.ts";
import { VERSIONS } from "./cel.ts";
import { FROM_DEPLOYER, FROM_KUBERNETES, isLane, mayDeploy } from "./identities.ts";

const FIX = "change apps in the customer's file and deploy";

/**
 * CEL over an AppProject: Argo CD takes only clusters that are registered for this very project. The API server checks
 * it against the type of each kind of the policy, and an Application's spec has none of these fields; hence `dyn`.
 */
const OWN_CLUSTER_ONLY = [
  "dyn(object.spec).?permitOnlyProjectScopedClusters.orValue(false)",
  "size(dyn(object.spec).?clusterResourceWhitelist.orValue([])) == 0",
  "!has(dyn(object.spec).sourceNamespaces)",
  "!has(dyn(object.spec).roles)",
  "dyn(object.spec).?destinations.orValue([]).all(d, has(d.server) && !d.server.contains('*') && has(d.namespace) && !d.namespace.contains('*'))",
].join(" && ");

/**
 * Invariants 29 and 30: projects and Applications come from customers' files and from nowhere else. Argo CD keeps their
 * state; it neither makes one nor changes what one says, however wide its own rights are.
 */
export const ARGO_CD_OBJECTS: AdmissionPolicyProps = {
  name: "nightlane-argo-cd",
  scope: "everywhere",
  rules: [
    {
      ...ARGO,
      resources: ["applications", "applicationsets", "appprojects"],
      operations: ["CREATE", "UPDATE", "DELETE"],
    },
  ],
  exempt: { kubernetes: FROM_KUBERNETES },
  variables: {
    argoCd: `'system:serviceaccounts:${ARGOCD_NAMESPACE}' in request.userInfo.groups`,
    versions: VERSIONS,
    // A project has its lane's name. What belongs to no project of Nightlane's, as the inert `default`, is the platform's.
    lanes:
      "variables.versions.map(each, request.resource.resource == 'appprojects' ? each.metadata.name : request.resource.resource == 'applications' ? each.spec.project : '')",
  },
  validations: [
    {
      expression: `(!variables.argoCd && variables.lanes.all(lane, ${isLane("lane")} ? ${mayDeploy("lane")} : ${FROM_DEPLOYER})) || (variables.argoCd && request.operation == 'UPDATE' && request.resource.resource == 'applications' && object.spec == oldObject.spec)`,
      received: "request.operation + ' of ' + request.resource.resource + ' by ' + request.userInfo.username",
      rule: "projects and Applications are written by their own customer's deployer, from its file; Argo CD only keeps an Application's state",
      fix: FIX,
    },
    {
      // Anyone who may write a project decides where Argo CD goes with it.
      expression: `request.resource.resource != 'appprojects' || object == null || !${isLane("object.metadata.name")} || (${OWN_CLUSTER_ONLY})`,
      received: "'project ' + object.metadata.name",
      rule: "a customer's project goes to clusters that are its own, by full address, into one namespace each, and makes nothing cluster-wide",
      fix: FIX,
    },
  ],
};
