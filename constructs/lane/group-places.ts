import { ConfigMap } from "cdk8s-plus-27";
import { Construct } from "constructs";
import { PLACES_KEY, placesName } from "../../runs/step-group.ts";
import type { CustomerDefinition } from "../definition/customer-definition.ts";
import { nightsOf } from "../definition/night-definition.ts";
import { customerMetadata } from "../kubernetes/labels.ts";
import { groupsOf } from "../night/grouped-steps.ts";

/**
 * How many steps of each group run at once, where Argo's semaphores read it: in a ConfigMap of the lane. The number is
 * part of the name, none is ever changed, and no deployment removes one: a running night, and a replay of last month,
 * find what their template names.
 */
export class GroupPlaces extends Construct {
  constructor(scope: Construct, id: string, definition: CustomerDefinition) {
    super(scope, id);
    for (const { name, atOnce } of groupsOf(nightsOf(definition).flatMap(({ workflow }) => workflow.steps))) {
      const places = placesName({ group: name, atOnce });
      new ConfigMap(this, places, {
        metadata: customerMetadata(definition.name, places),
        immutable: true,
        data: { [PLACES_KEY]: String(atOnce) },
      });
    }
  }
}
