import { Chart, Testing } from "cdk8s";
import { NightAlerts } from "../../constructs/platform/alerts/night-alerts.ts";
import { PlatformAlerts } from "../../constructs/platform/alerts/platform-alerts.ts";
import type { AlertRule, RuleGroup } from "./rules.ts";

/** Every rule that calls somebody, as the constructs make it. */
export function alertRules(): readonly AlertRule[] {
  const chart = new Chart(Testing.app(), "alerts");
  new NightAlerts(chart, "nights", undefined);
  new PlatformAlerts(chart, "platform", undefined);
  const objects: readonly { readonly spec: { readonly groups: readonly RuleGroup[] } }[] = Testing.synth(chart);
  return objects
    .flatMap(({ spec }) => spec.groups.flatMap(({ rules }) => rules))
    .filter(({ labels }) => labels.severity !== "none");
}
