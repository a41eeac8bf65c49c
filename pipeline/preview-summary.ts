/** How many resources a preview would create, change and remove, for GitLab's `terraform` report. */
export interface ChangeCounts {
  readonly create: number;
  readonly update: number;
  readonly delete: number;
}

interface PreviewStep {
  readonly op: string;
  readonly urn: string;
}

/** What `pulumi preview --json` printed, for people and for the report. */
export function previewSummary(stack: string, json: string): { readonly counts: ChangeCounts; readonly text: string } {
  const steps: readonly PreviewStep[] = (JSON.parse(json) as { steps?: readonly PreviewStep[] }).steps ?? [];
  const resources = steps.filter(({ urn }) => !urn.includes("::pulumi:pulumi:Stack::"));
  const count = (...ops: readonly string[]): number => resources.filter(({ op }) => ops.includes(op)).length;
  const counts = { create: count("create"), update: count("update", "replace"), delete: count("delete") };
  // Operation and name only: inputs are not for a log.
  const lines = resources.map(({ op, urn }) => `  ${op} ${urn.split("::").slice(-2).join(" ").split("$").at(-1)}`);
  const title = `${stack}: ${counts.create} to create, ${counts.update} to update, ${counts.delete} to delete, on an empty state`;
  return { counts, text: [title, ...lines].join("\n") };
}
