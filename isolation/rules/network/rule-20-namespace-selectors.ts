import { NAMESPACE_NAME_LABEL, namespaceNames } from "../../network/selector.ts";
import type { Rule } from "../rule.ts";

export const namespaceSelectors: Rule = {
  number: 20,
  name: "namespace-selectors",
  info: "A policy chooses namespaces by something other than their names.",
  explanation: `Labels are promises of anyone who may edit a namespace; ${NAMESPACE_NAME_LABEL} alone is written by the API server and cannot be changed. A selector that is empty, or that excludes names, includes the lane of a customer who comes later.`,
  unit: "peers with a namespace selector",
  check(view, inspection) {
    for (const network of view.networks.values()) {
      for (const { peer, policy, path } of [...network.egress, ...network.ingress]) {
        if (peer.kind !== "pods" || peer.namespaces === undefined) {
          continue;
        }
        inspection.examine();
        if (namespaceNames(peer.namespaces) === undefined) {
          inspection.report(
            policy,
            `${path}.namespaceSelector is ${JSON.stringify(peer.namespaces)}`,
            `choose by the label ${NAMESPACE_NAME_LABEL} alone, with the names`,
          );
        }
      }
    }
  },
};
