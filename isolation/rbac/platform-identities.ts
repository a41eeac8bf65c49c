import { ARGO_NAMESPACE, SYSTEM_NAMESPACE } from "../../constructs/definition/central-cluster.ts";
import { ARGO_SERVICE_ACCOUNT } from "../../constructs/platform/argo-rbac.ts";
import { NIGHTWATCH_SERVICE_ACCOUNT } from "../../constructs/platform/nightwatch-rbac.ts";
import { ONCALL_GROUP } from "../../constructs/platform/oncall-role.ts";
import { CONTROLLER_LEASE } from "../../runs/controller-lease.ts";
import { laneNamespace } from "../../runs/lane-namespace.ts";
import { NIGHTWATCH_LEASE } from "../../runs/nightwatch-lease.ts";
import { PAGE_SERVICE, PAGE_SERVICE_ACCOUNT } from "../../runs/page-pass.ts";
import { deployerIdentity } from "./deployer-identity.ts";
import { type GrantScope, grant, type PlatformIdentity } from "./grant.ts";
import { type Permission, showPermission } from "./policy-rule.ts";
import { type Subject, subjectName } from "./subject.ts";

const everywhere: GrantScope = { kind: "cluster" };
const lanes: GrantScope = { kind: "lanes" };
const system: GrantScope = { kind: "namespace", name: SYSTEM_NAMESPACE };
const WRITE = ["get", "list", "watch", "create", "update", "patch", "delete"];
const READ = ["get", "list", "watch"];

/**
 * The fixed list of platform identities. A new component of the platform is added here, with its reasons, in the same
 * merge request as its role: a right that is not on the list is a finding.
 */
export const PLATFORM_IDENTITIES: readonly PlatformIdentity[] = [
  {
    name: `ServiceAccount ${ARGO_NAMESPACE}/${ARGO_SERVICE_ACCOUNT}`,
    reason: "The Argo controller runs the nights of all lanes. Its compromise is out of the claim's scope.",
    grants: [
      grant(everywhere, "", ["pods"], WRITE, "creates, follows and ends the pods of workflow nodes"),
      grant(everywhere, "", ["pods/exec"], ["get", "create"], "sends a container the signal of an operator's stop"),
      grant(everywhere, "", ["configmaps"], READ, "reads the parameters of a run, a hold above all"),
      grant(everywhere, "", ["namespaces"], READ, "reads the limit on parallel workflows from a namespace's label"),
      grant(everywhere, "", ["serviceaccounts"], ["get", "list"], "finds the token of the executor's service account"),
      grant(everywhere, "", ["events"], ["create", "patch"], "tells what became of a node"),
      grant(
        everywhere,
        "argoproj.io",
        [
          "workflows",
          "workflows/finalizers",
          "workflowtasksets",
          "workflowtasksets/finalizers",
          "workflowartifactgctasks",
        ],
        WRITE,
        "keeps the state of the nights",
      ),
      grant(
        everywhere,
        "argoproj.io",
        ["workflowtemplates", "workflowtemplates/finalizers"],
        READ,
        "reads the night that a lane declared; it may not write it",
      ),
      grant(
        everywhere,
        "argoproj.io",
        ["workflowtaskresults"],
        ["list", "watch", "deletecollection"],
        "takes in what executors report",
      ),
      grant(
        everywhere,
        "argoproj.io",
        ["cronworkflows", "cronworkflows/finalizers"],
        [...READ, "update", "patch", "delete"],
        "starts the nights on time and notes it",
      ),
      grant(
        { kind: "namespace", name: ARGO_NAMESPACE },
        "coordination.k8s.io",
        ["leases"],
        ["get", "create", "update"],
        "elects the one controller that acts",
      ),
    ],
  },
  {
    name: `Group ${ONCALL_GROUP}`,
    reason: "The operators on call serve every lane. They see its nights, and ask nightwatch to act.",
    grants: [
      grant(
        lanes,
        "nightlane.example",
        ["nightacts"],
        [...READ, "create"],
        "ask for acts, and see what became of them",
      ),
      grant(lanes, "argoproj.io", ["workflows", "workflowtemplates", "cronworkflows"], READ, "see the nights"),
      grant(lanes, "", ["pods"], READ, "see which pods a step has"),
      grant(lanes, "", ["pods/log"], ["get"], "read a step's log"),
      grant(lanes, "", ["events"], READ, "see why a pod does not start"),
      grant(lanes, "", ["configmaps"], ["get"], "see which steps are to be held"),
      grant(everywhere, "", ["namespaces"], ["list"], "know which customers there are"),
      grant(everywhere, "argoproj.io", ["workflows", "cronworkflows"], ["list"], "see how all nights stand at once"),
      grant(
        system,
        "nightlane.example",
        ["runrecords", "nightacts"],
        READ,
        "read what became of earlier runs and acts",
      ),
      grant(system, "", ["pods"], ["get", "list"], "see whether nightwatch runs"),
      grant(system, "", ["pods/log"], ["get"], "read why nightwatch is silent"),
      {
        ...grant(system, "coordination.k8s.io", ["leases"], ["get"], "see whether nightwatch is alive"),
        names: [NIGHTWATCH_LEASE],
      },
      {
        ...grant(
          system,
          "",
          ["services/proxy"],
          ["get"],
          "look at nightwatch's page, which shows a pass's bearer alone",
        ),
        names: [`${PAGE_SERVICE.name}:${PAGE_SERVICE.port}`],
      },
      {
        ...grant(
          system,
          "",
          ["serviceaccounts/token"],
          ["create"],
          "have a pass to that page: the account may do nothing",
        ),
        names: [PAGE_SERVICE_ACCOUNT],
      },
    ],
  },
  {
    name: `ServiceAccount ${SYSTEM_NAMESPACE}/${NIGHTWATCH_SERVICE_ACCOUNT}`,
    reason:
      "Nightwatch keeps the record of every run, calls a person where one is needed, and carries out what operators ask for. Which fields it may change is not RBAC's to say: the admission policies do.",
    grants: [
      grant(everywhere, "argoproj.io", ["workflows", "cronworkflows"], READ, "sees the nights and when they are due"),
      grant(everywhere, "nightlane.example", ["nightacts"], READ, "sees what operators ask for"),
      grant(
        everywhere,
        "authentication.k8s.io",
        ["tokenreviews"],
        ["create"],
        "asks whether a pass to its page is good",
      ),
      grant(lanes, "nightlane.example", ["nightacts"], ["delete"], "removes acts of two weeks ago"),
      grant(lanes, "nightlane.example", ["nightacts/status"], ["patch"], "says how far an act is"),
      grant(lanes, "argoproj.io", ["workflows"], ["create", "patch"], "starts runs, decides steps, pauses, ends"),
      grant(lanes, "argoproj.io", ["workflowtemplates"], ["get", "list"], "knows what a repeated run consists of"),
      grant(lanes, "argoproj.io", ["cronworkflows"], ["patch"], "sets a schedule off and on"),
      grant(lanes, "", ["pods"], ["list", "patch"], "gives an order to a running step, by annotation"),
      grant(lanes, "", ["configmaps"], ["get", "create", "patch"], "notes which steps to hold"),
      {
        ...grant(
          { kind: "namespace", name: CONTROLLER_LEASE.namespace },
          "coordination.k8s.io",
          ["leases"],
          ["get"],
          "sees whether the Argo controller is alive",
        ),
        names: [CONTROLLER_LEASE.name],
      },
      grant(system, "nightlane.example", ["nightacts"], ["get", "list", "create", "delete"], "keeps settled acts"),
      grant(system, "nightlane.example", ["nightacts/status"], ["patch"], "says how a kept act was settled"),
      grant(
        system,
        "coordination.k8s.io",
        ["leases"],
        ["get", "create", "update"],
        "elects the one nightwatch that acts",
      ),
      grant(
        system,
        "nightlane.example",
        ["runrecords"],
        ["get", "list", "watch", "create", "update", "delete"],
        "writes the records and removes those past their time",
      ),
    ],
  },
];

/** The platform identity that a subject is, if it is on the list or a customer's deployer. */
export function platformIdentity(subject: Subject): PlatformIdentity | undefined {
  const name = subjectName(subject);
  return PLATFORM_IDENTITIES.find((identity) => identity.name === name) ?? deployerIdentity(name);
}

/** Whether the list gives an identity a permission in a scope: a namespace, or every one where undefined. */
export function isGranted(identity: PlatformIdentity, permission: Permission, namespace: string | undefined): boolean {
  return identity.grants.some(
    ({ scope, group, resources, verbs, names, namePrefix }) =>
      covers(scope, namespace) &&
      (names === undefined || allNamed(permission, (name) => names.includes(name))) &&
      (namePrefix === undefined || allNamed(permission, (name) => name.startsWith(namePrefix))) &&
      group === permission.group &&
      resources.includes(permission.resource) &&
      verbs.includes(permission.verb),
  );
}

/** A right without names holds for every name. */
function allNamed({ names }: Permission, isMeant: (name: string) => boolean): boolean {
  return names.length > 0 && names.every(isMeant);
}

function covers(scope: GrantScope, namespace: string | undefined): boolean {
  switch (scope.kind) {
    case "cluster":
      return true;
    case "namespace":
      return scope.name === namespace;
    case "lanes":
      return namespace?.startsWith(laneNamespace("")) ?? false;
  }
}

/** What to do about a right that is not on the list. */
export function grantFix(permission: Permission): string {
  return `remove ${showPermission(permission)}, or add it with its reason to isolation/rbac/platform-identities.ts`;
}
