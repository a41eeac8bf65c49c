import { ARGOCD_API, ARGOCD_CONTROLLER, ARGOCD_NAMESPACE } from "../../../constructs/apps/argo-cd.ts";
import { centralCluster } from "../../../constructs/checks/read-central.ts";
import { DEFAULT_PROJECT } from "../../../constructs/platform/default-project.ts";
import { type Identity, pathOf } from "../../support/api.ts";
import type { Attempt } from "../attempt.ts";
import { type Forbidden, type LaneUnderTest, refusals } from "./lane.ts";

/** Argo CD's application controller with every right, as in some of its installations. */
const ARGOCD: Identity = {
  user: `system:serviceaccount:${ARGOCD_NAMESPACE}:${ARGOCD_CONTROLLER}`,
  groups: ["system:masters", "system:serviceaccounts", `system:serviceaccounts:${ARGOCD_NAMESPACE}`],
};

/** Projects and Applications that come from no customer's file. */
export function argoCdAttempts(lane: LaneUnderTest): readonly Attempt[] {
  if (!centralCluster().argoCd) {
    return [];
  }
  const at = (resource: string, name?: string): string =>
    pathOf({ apiVersion: ARGOCD_API, resource, namespace: ARGOCD_NAMESPACE, ...(name === undefined ? {} : { name }) });
  const project = { apiVersion: ARGOCD_API, kind: "AppProject", metadata: { name: "isolation-attempt" }, spec: {} };
  const application = {
    apiVersion: ARGOCD_API,
    kind: "Application",
    metadata: { name: "isolation-attempt" },
    spec: { project: DEFAULT_PROJECT, destination: {} },
  };
  const open = { spec: { sourceRepos: ["*"], destinations: [{ server: "*", namespace: "*" }] } };
  const attempt = (invariant: number, what: string, call: Forbidden["call"]): Forbidden => ({
    invariant,
    actor: "Argo CD",
    what,
    policy: "nightlane-argo-cd",
    call: { ...call, as: ARGOCD },
  });
  const permitted = {
    what: "a project made by a deployer",
    call: { method: "POST", path: at("appprojects"), body: project },
  } as const;
  return refusals(lane.api, permitted, [
    attempt(29, "a project of its own", { method: "POST", path: at("appprojects"), body: project }),
    attempt(29, "an Application of its own", { method: "POST", path: at("applications"), body: application }),
    attempt(30, "the project default opened", {
      method: "PATCH",
      path: at("appprojects", DEFAULT_PROJECT),
      body: open,
    }),
    attempt(30, "the project default removed", { method: "DELETE", path: at("appprojects", DEFAULT_PROJECT) }),
  ]);
}
