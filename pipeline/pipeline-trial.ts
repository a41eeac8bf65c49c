import { parse } from "yaml";
import type { PipelineTrial } from "../isolation/model/estate.ts";
import { type Fields, fields } from "../isolation/model/fields.ts";
import { childPipeline, type Purpose } from "./child-pipeline.ts";
import { gitlabCi } from "./gitlab-ci.ts";

/** Only these customers are written out: the others' jobs differ only in the name. */
const WRITTEN = 20;

/** Reads the pipeline and has it write its children for these customers, the platform, and one that was removed. */
export function tryPipeline(customers: readonly string[]): PipelineTrial {
  const affected = { customers: customers.slice(0, WRITTEN), removed: ["removed-customer"], platform: true };
  const child = (purpose: Purpose): Fields =>
    fields(parse(childPipeline({ purpose, affected, base: "HEAD", planCommand: "" })["child.yml"] ?? ""));
  return {
    main: gitlabCi(),
    children: { review: child("review"), deploy: child("deploy"), drift: child("drift") },
  };
}
