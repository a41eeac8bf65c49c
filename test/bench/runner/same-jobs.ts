import type { Manifest } from "../../../constructs/kubernetes/manifest.ts";
import type { WorkflowSpec } from "../../../constructs/workflow/argo.ts";

/** The Jobs that a night of Spark steps makes, in the order of its steps, named and dated for a run without a workflow. */
export function sameJobs(
  template: Manifest,
  run: { readonly date: string; readonly number: number },
): readonly Manifest[] {
  const { templates = [] } = template.spec as WorkflowSpec;
  return templates
    .filter(({ name }) => name?.startsWith("run-"))
    .map(({ container }) => {
      const document = (container?.env?.[0]?.value ?? "")
        .replaceAll("{{inputs.parameters.business-date}}", run.date)
        .replaceAll("{{inputs.parameters.attempt}}", "1")
        .replaceAll("{{inputs.parameters.variant}}", "regular")
        .replaceAll("{{workflow.parameters.run-number}}", `${run.number}`);
      const { spark, step }: { readonly spark: { readonly job: Manifest }; readonly step: string } =
        JSON.parse(document);
      return { ...spark.job, metadata: { ...spark.job.metadata, name: `bench-${run.number}-${step}` } };
    });
}
