import type { Rule } from "./rule.ts";
import { bindingSubjects } from "./rule-01-binding-subjects.ts";
import { foreignServiceAccounts } from "./rule-02-foreign-service-accounts.ts";
import { clusterRoleBindings } from "./rule-03-cluster-role-bindings.ts";
import { roleReferences } from "./rule-04-role-references.ts";
import { powers } from "./rule-05-powers.ts";
import { distinctNamespaces } from "./rule-09-distinct-namespaces.ts";
import { credentialSecret } from "./rule-10-credential-secret.ts";
import { distinctClusters } from "./rule-11-distinct-clusters.ts";
import { kubeconfig } from "./rule-12-kubeconfig.ts";
import { serverAddress } from "./rule-13-server-address.ts";
import { canary } from "./rule-14-canary.ts";
import { noSecretValues } from "./rule-16-no-secret-values.ts";
import { defaultDeny } from "./rule-18-default-deny.ts";
import { exactNetwork } from "./rule-19-exact-network.ts";
import { namespaceSelectors } from "./rule-20-namespace-selectors.ts";
import { ipBlocks } from "./rule-21-ip-blocks.ts";
import { noHostAccess } from "./rule-23-no-host-access.ts";
import { appProjects } from "./rule-29-app-projects.ts";
import { distinctProjects } from "./rule-30-distinct-projects.ts";
import { quota } from "./rule-32-quota.ts";
import { limitDefaults } from "./rule-33-limit-defaults.ts";
import { parallelismLabel } from "./rule-35-parallelism-label.ts";
import { cleanupAndDeadlines } from "./rule-36-cleanup-and-deadlines.ts";
import { protectedDeployments } from "./rule-37-protected-deployments.ts";
import { independentCustomers } from "./rule-38-independent-customers.ts";
import { pinnedImages } from "./rule-39-pinned-images.ts";
import { guards } from "./rule-41-guards.ts";
import { knownObjects } from "./rule-42-known-objects.ts";
import { platformNetwork } from "./rule-43-platform-network.ts";
import { controllerSettings } from "./rule-44-controller-settings.ts";
import { templateContent } from "./rule-45-template-content.ts";

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
];
