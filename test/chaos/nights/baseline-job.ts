import { ATTEMPT, BUSINESS_DATE, NIGHT_DIRECTORY, RUN_NUMBER } from "../../../constructs/night/tokens.ts";
import { sparkJob } from "../../../constructs/workflow/spark-job.ts";
import type { Site } from "../site/site.ts";

/** A Job as a manifest. */
export interface JobManifest {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly spec: { readonly template: { readonly metadata?: Readonly<Record<string, unknown>> } };
}

/** The same Job that a lane's runner starts, for a night that another program runs. It has no name yet. */
export function baselineJob(site: Site, night: { readonly night: string; readonly folder: string }): JobManifest {
  const step = site.customer.workflow.steps.find(({ work }) => work.kind === "spark");
  if (step?.work.kind !== "spark") {
    throw new Error("the night has no Spark step");
  }
  const job = sparkJob({
    step: step.name,
    namespace: site.namespace,
    options: step.work.options,
  });
  const text = [
    [NIGHT_DIRECTORY, night.folder],
    [BUSINESS_DATE, site.businessDate],
    [ATTEMPT, "1"],
    [RUN_NUMBER, "1"],
  ].reduce((json, [token, value]) => json.replaceAll(token ?? "", value ?? ""), JSON.stringify(job));
  const manifest = JSON.parse(text) as JobManifest;
  const labels = { night: night.night };
  const template = { ...manifest.spec.template, metadata: { ...manifest.spec.template.metadata, labels } };
  return { ...manifest, metadata: { ...manifest.metadata, labels }, spec: { ...manifest.spec, template } };
}
