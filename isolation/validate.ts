import { centralCluster } from "../constructs/checks/read-central.ts";
import type { CustomerDefinition } from "../constructs/definition/customer-definition.ts";
import { mistakeText } from "../constructs/definition/problem.ts";
import { versions } from "../constructs/definition/versions.ts";
import type { Manifest } from "../constructs/kubernetes/manifest.ts";
import { laneNamespace } from "../runs/lane-namespace.ts";
import { declaredEndpoint } from "./model/endpoint.ts";
import type { CustomerLane, Trials } from "./model/estate.ts";
import { viewEstate } from "./model/view.ts";
import { noHostAccess } from "./rules/admission/rule-23-no-host-access.ts";
import { guards } from "./rules/admission/rule-41-guards.ts";
import { controllerSettings } from "./rules/admission/rule-44-controller-settings.ts";
import { templateContent } from "./rules/admission/rule-45-template-content.ts";
import { knownTemplates } from "./rules/admission/rule-46-template-parts.ts";
import { pinnedImages } from "./rules/changes/rule-39-pinned-images.ts";
import { knownObjects } from "./rules/changes/rule-42-known-objects.ts";
import { quota } from "./rules/exhaustion/rule-32-quota.ts";
import { limitDefaults } from "./rules/exhaustion/rule-33-limit-defaults.ts";
import { cleanupAndDeadlines } from "./rules/exhaustion/rule-36-cleanup-and-deadlines.ts";
import { defaultDeny } from "./rules/network/rule-18-default-deny.ts";
import { exactNetwork } from "./rules/network/rule-19-exact-network.ts";
import { namespaceSelectors } from "./rules/network/rule-20-namespace-selectors.ts";
import { platformNetwork } from "./rules/network/rule-43-platform-network.ts";
import { bindingSubjects } from "./rules/rights/rule-01-binding-subjects.ts";
import { powers } from "./rules/rights/rule-05-powers.ts";
import { Inspection, type Rule } from "./rules/rule.ts";
import { credentialSecret } from "./rules/secrets/rule-10-credential-secret.ts";
import { noSecretValues } from "./rules/secrets/rule-16-no-secret-values.ts";

/** Rules that one customer's objects can break by themselves, without any other's. */
const OF_ONE_CUSTOMER: readonly Rule[] = [
  powers,
  credentialSecret,
  noSecretValues,
  defaultDeny,
  exactNetwork,
  namespaceSelectors,
  noHostAccess,
  quota,
  limitDefaults,
  cleanupAndDeadlines,
  pinnedImages,
  knownObjects,
  templateContent,
  knownTemplates,
];

const OF_THE_PLATFORM: readonly Rule[] = [
  powers,
  noSecretValues,
  defaultDeny,
  namespaceSelectors,
  noHostAccess,
  pinnedImages,
  guards,
  knownObjects,
  platformNetwork,
  controllerSettings,
];

/** Nothing is tried here: what needs a second rendering is for `npm run isolation`. */
const NO_TRIALS: Trials = { canary: undefined, change: undefined, pipeline: undefined, checkKubeconfig: () => [] };

/** What the rules find wrong with one customer's objects, each with what to do about it. */
export function judgeCustomer(
  definition: CustomerDefinition,
  manifests: Partial<Pick<CustomerLane, "lane" | "customerSide" | "apps" | "deployer">>,
): readonly string[] {
  const lane: CustomerLane = {
    name: definition.name,
    namespace: laneNamespace(definition.name),
    lane: [],
    customerSide: [],
    apps: [],
    deployer: [],
    ...manifests,
    endpoint: declaredEndpoint(definition),
    definition,
    source: undefined,
  };
  // Each part is made by itself, and most rules are about the lane.
  const rules =
    manifests.lane === undefined
      ? [bindingSubjects, powers, noSecretValues, noHostAccess, pinnedImages, knownObjects]
      : OF_ONE_CUSTOMER;
  return judge([lane], [], rules);
}

/** What the rules find wrong with the platform's objects. */
export function judgePlatform(platform: readonly Manifest[]): readonly string[] {
  return judge([], platform, OF_THE_PLATFORM);
}

function judge(
  customers: readonly CustomerLane[],
  platform: readonly Manifest[],
  rules: readonly Rule[],
): readonly string[] {
  const view = viewEstate({ customers, platform, central: centralCluster(), versions: versions(), trials: NO_TRIALS });
  return rules.flatMap((rule) => {
    const inspection = new Inspection();
    rule.check(view, inspection);
    return inspection.violations.map(({ object, message, fix }) =>
      mistakeText(`${object}: ${message}`, `${rule.number} ${rule.name}: ${rule.info}`, fix),
    );
  });
}
