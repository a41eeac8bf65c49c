import { noHostAccess } from "./admission/rule-23-no-host-access.ts";
import { parallelismLabel } from "./admission/rule-35-parallelism-label.ts";
import { guards } from "./admission/rule-41-guards.ts";
import { controllerSettings } from "./admission/rule-44-controller-settings.ts";
import { templateContent } from "./admission/rule-45-template-content.ts";
import { knownTemplates } from "./admission/rule-46-template-parts.ts";
import { appProjects } from "./argo-cd/rule-29-app-projects.ts";
import { distinctProjects } from "./argo-cd/rule-30-distinct-projects.ts";
import { declaredApps } from "./argo-cd/rule-48-declared-apps.ts";
import { protectedDeployments } from "./changes/rule-37-protected-deployments.ts";
import { independentCustomers } from "./changes/rule-38-independent-customers.ts";
import { pinnedImages } from "./changes/rule-39-pinned-images.ts";
import { knownObjects } from "./changes/rule-42-known-objects.ts";
import { quota } from "./exhaustion/rule-32-quota.ts";
import { limitDefaults } from "./exhaustion/rule-33-limit-defaults.ts";
import { cleanupAndDeadlines } from "./exhaustion/rule-36-cleanup-and-deadlines.ts";
import { defaultDeny } from "./network/rule-18-default-deny.ts";
import { exactNetwork } from "./network/rule-19-exact-network.ts";
import { namespaceSelectors } from "./network/rule-20-namespace-selectors.ts";
import { ipBlocks } from "./network/rule-21-ip-blocks.ts";
import { platformNetwork } from "./network/rule-43-platform-network.ts";
import { bindingSubjects } from "./rights/rule-01-binding-subjects.ts";
import { foreignServiceAccounts } from "./rights/rule-02-foreign-service-accounts.ts";
import { clusterRoleBindings } from "./rights/rule-03-cluster-role-bindings.ts";
import { roleReferences } from "./rights/rule-04-role-references.ts";
import { powers } from "./rights/rule-05-powers.ts";
import { distinctNamespaces } from "./rights/rule-09-distinct-namespaces.ts";
import type { Rule } from "./rule.ts";
import { credentialSecret } from "./secrets/rule-10-credential-secret.ts";
import { distinctClusters } from "./secrets/rule-11-distinct-clusters.ts";
import { kubeconfig } from "./secrets/rule-12-kubeconfig.ts";
import { serverAddress } from "./secrets/rule-13-server-address.ts";
import { canary } from "./secrets/rule-14-canary.ts";
import { noSecretValues } from "./secrets/rule-16-no-secret-values.ts";
import { calls } from "./watch/rule-47-calls.ts";

/** The static rules in the order of the invariants. A further one is a file of its own and a line here. */
export const RULES: readonly Rule[] = [
  bindingSubjects,
  foreignServiceAccounts,
  clusterRoleBindings,
  roleReferences,
  powers,
  distinctNamespaces,
  credentialSecret,
  distinctClusters,
  kubeconfig,
  serverAddress,
  canary,
  noSecretValues,
  defaultDeny,
  exactNetwork,
  namespaceSelectors,
  ipBlocks,
  noHostAccess,
  appProjects,
  distinctProjects,
  quota,
  limitDefaults,
  parallelismLabel,
  cleanupAndDeadlines,
  protectedDeployments,
  independentCustomers,
  pinnedImages,
  guards,
  knownObjects,
  platformNetwork,
  controllerSettings,
  templateContent,
  knownTemplates,
  calls,
  declaredApps,
];
