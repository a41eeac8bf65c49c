import { NIGHTLY } from "../../runs/night-series.ts";
import type { CustomerDefinition } from "./customer-definition.ts";

/** A customer with one of its series of nights as its workflow: the nightly one, or a further one. */
export interface NightDefinition extends CustomerDefinition {
  /** @default "night" - the nightly ones */
  readonly pipeline?: string;
}

/** All nights of a customer, the nightly ones first. */
export function nightsOf(definition: CustomerDefinition): readonly NightDefinition[] {
  const further = Object.entries(definition.furtherNights);
  return [definition, ...further.map(([pipeline, workflow]) => ({ ...definition, workflow, pipeline }))];
}

/** The pipeline of a definition. */
export function pipelineOf({ pipeline }: NightDefinition): string {
  return pipeline ?? NIGHTLY;
}
