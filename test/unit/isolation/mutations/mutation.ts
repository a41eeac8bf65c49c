import type { Estate, PipelineTrial } from "../../../../isolation/model/estate.ts";
import { Draft } from "../draft.ts";

/** One thing broken on purpose, and who must say so. */
export interface Mutation {
  /** Number of the rule that must fire. */
  readonly rule: number;
  readonly title: string;
  /** The object that the rule must name. */
  readonly object: string;
  /**
   * Further rules that the same thing rightly breaks.
   * @default - no other rule fires
   */
  readonly also?: readonly (number | "matrix")[];
  readonly estate: () => Estate;
}

/** A mutation of the example customers' manifests. */
export function mutation(
  rule: number,
  title: string,
  object: string,
  mutate: (draft: Draft) => void,
  also: readonly (number | "matrix")[] = [],
  base?: Estate,
): Mutation {
  return {
    rule,
    title,
    object,
    also,
    estate: () => {
      const draft = new Draft(base);
      mutate(draft);
      return draft.estate;
    },
  };
}

/** What GitLab runs of an estate that has it. */
export function pipelineOf({ trials: { pipeline } }: Draft): PipelineTrial {
  if (pipeline === undefined) {
    throw new Error("the sound estate has no pipeline");
  }
  return pipeline;
}
