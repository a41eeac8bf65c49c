import { NIGHT_CONTROL_PREFIX } from "../../../runs/night-control.ts";
import { PLACES_KEY, PLACES_NAME } from "../../../runs/step-group.ts";
import { SERVER_ADDRESSES } from "../../lane/server-addresses.ts";
import { type AdmissionPolicyProps, CORE } from "./admission-policy.ts";
import { quoted } from "./cel.ts";
import { FROM_DEPLOYER, FROM_KUBERNETES, mayDeploy } from "./identities.ts";

/** CEL: the addresses of the lane's API server, from anyone who may deploy into the lane. */
export const OWN_ADDRESSES = `object.metadata.name == ${quoted(SERVER_ADDRESSES)} && ${mayDeploy("request.namespace")}`;

/** CEL: how many steps of a group run at once, which its name says and nobody changes, from anyone who may deploy into the lane. */
const OWN_PLACES = `object.metadata.name.matches('${PLACES_NAME}') && object.?immutable.orValue(false) && object.metadata.name.endsWith('-' + object.?data[?'${PLACES_KEY}'].orValue('?')) && ${mayDeploy("request.namespace")}`;

/**
 * RBAC cannot limit a right to names with a prefix, so nightwatch holds a right to write ConfigMaps, and this narrows it: a
 * run's control ConfigMap and no other, with yes, skip or no for each step, since the value becomes part of an expression.
 */
export const CONTROL_CONFIG_MAPS: AdmissionPolicyProps = {
  name: "nightlane-control-config-maps",
  rules: [{ ...CORE, resources: ["configmaps"], operations: ["CREATE", "UPDATE"] }],
  exempt: { deployer: FROM_DEPLOYER, kubernetes: FROM_KUBERNETES },
  validations: [
    {
      expression: `(object.metadata.name.startsWith('${NIGHT_CONTROL_PREFIX}') || (${OWN_ADDRESSES}) || (${OWN_PLACES})) && !has(object.binaryData)`,
      received: "'ConfigMap ' + object.metadata.name",
      rule: "nightwatch writes a run's control ConfigMap and no other, a deployer its lane's addresses and how many steps of a group run at once",
      fix: `use ${NIGHT_CONTROL_PREFIX}<workflow>, as \`nightlane hold\` does`,
    },
    {
      expression:
        "!has(object.data) || object.data.all(key, !key.startsWith('hold.') || object.data[key] in ['yes', 'no', 'skip'])",
      rule: "a step is held, skipped or neither: yes, skip or no",
      fix: "hold.<step>: yes",
    },
  ],
};
