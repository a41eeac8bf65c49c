import { ARGOCD_NAMESPACE, clusterSecretName, projectName } from "../../constructs/apps/argo-cd.ts";
import { SYSTEM_NAMESPACE } from "../../constructs/definition/central-cluster.ts";
import { deployerName } from "../../constructs/deployer/deployer.ts";
import { SERVER_ADDRESSES } from "../../constructs/lane/server-addresses.ts";
import { EXECUTOR_SERVICE_ACCOUNT } from "../../constructs/lane/workflow-rbac.ts";
import { laneNamespace } from "../../runs/lane-namespace.ts";
import { type Grant, type GrantScope, grant, type PlatformIdentity } from "./grant.ts";

const KEEP = ["get", "list", "watch", "create", "patch", "delete"];
const READ = ["get", "list", "watch"];

/** The beginning of the names of accounts that are customers' deployers. */
const PREFIX = `ServiceAccount ${SYSTEM_NAMESPACE}/${deployerName("")}`;

/** The customer whose deployer an account is by its name, as `subjectName` writes it. */
export function customerOfDeployer(account: string): string | undefined {
  return account.startsWith(PREFIX) ? account.slice(PREFIX.length) : undefined;
}

/**
 * The deployer that an account is by its name, with its rights: in the lane of the customer whose name it has, and by
 * object name outside. So a deployer that is bound in another lane, or to another customer's project, is a finding.
 */
export function deployerIdentity(account: string): PlatformIdentity | undefined {
  const customer = customerOfDeployer(account);
  if (customer === undefined) {
    return undefined;
  }
  return {
    name: account,
    reason: `Deploys the stack of ${customer}, and nobody else's.`,
    grants: [...inLane(customer), ...outside(customer)],
  };
}

function inLane(customer: string): readonly Grant[] {
  const lane: GrantScope = { kind: "namespace", name: laneNamespace(customer) };
  const written = ["resourcequotas", "limitranges", "serviceaccounts", "persistentvolumeclaims", "secrets"];
  return [
    grant(lane, "", written, KEEP, "writes what a lane consists of"),
    grant(lane, "networking.k8s.io", ["networkpolicies"], KEEP, "writes the lane's boundary"),
    grant(lane, "rbac.authorization.k8s.io", ["roles", "rolebindings"], KEEP, "writes the lane's roles"),
    grant(lane, "argoproj.io", ["workflowtemplates", "cronworkflows"], KEEP, "writes the night"),
    grant(lane, "argoproj.io", ["workflows"], KEEP, "ends what runs before the lane is removed"),
    grant(lane, "argoproj.io", ["workflowtaskresults"], ["create", "patch"], "hands it to the executor"),
    grant(lane, "", ["pods"], [...READ, "patch"], "hands it to people on call and nightwatch"),
    grant(lane, "", ["pods/log"], ["get"], "hands it to people on call"),
    grant(lane, "", ["events"], READ, "hands it to people on call"),
    grant(
      lane,
      "",
      ["configmaps"],
      [...READ, "create", "patch"],
      "writes the server's addresses, hands it to nightwatch",
    ),
    { ...grant(lane, "", ["configmaps"], ["delete"], "removes the server's addresses"), names: [SERVER_ADDRESSES] },
    {
      ...grant(lane, "", ["serviceaccounts/token"], ["create"], "looks at a federated customer's cluster as a runner"),
      names: [EXECUTOR_SERVICE_ACCOUNT],
    },
    grant(lane, "nightlane.example", ["nightacts"], [...READ, "create", "delete"], "hands it to people and nightwatch"),
    grant(lane, "nightlane.example", ["nightacts/status"], ["patch"], "hands it to nightwatch"),
  ];
}

function outside(customer: string): readonly Grant[] {
  const argoCd: GrantScope = { kind: "namespace", name: ARGOCD_NAMESPACE };
  const own = grant(
    { kind: "cluster" },
    "",
    ["namespaces"],
    [...READ, "patch", "delete"],
    "keeps the lane's namespace",
  );
  const project = grant(
    argoCd,
    "argoproj.io",
    ["appprojects"],
    KEEP,
    "writes the limits of the customer's applications",
  );
  const cluster = grant(argoCd, "", ["secrets"], KEEP, "registers the customer's cluster");
  return [
    grant({ kind: "cluster" }, "", ["namespaces"], ["list", "watch"], "waits for the lane's to be gone"),
    grant(argoCd, "argoproj.io", ["appprojects", "applications"], ["list", "watch"], "waits for its own to be gone"),
    { ...own, names: [laneNamespace(customer)] },
    { ...project, names: [projectName(customer)] },
    { ...cluster, names: [clusterSecretName(customer)] },
    grant(
      { kind: "namespace", name: SYSTEM_NAMESPACE },
      "",
      ["configmaps"],
      KEEP,
      "notes the fingerprints of its credentials, and by the policy nightlane-fingerprints nothing else",
    ),
    {
      ...grant(argoCd, "argoproj.io", ["applications"], KEEP, "declares the customer's applications"),
      namePrefix: `${customer}.`,
    },
  ];
}
