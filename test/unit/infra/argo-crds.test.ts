import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { UserError } from "../../../constructs/definition/problem.ts";
import { readArgoCrds } from "../../../infra/argo-crds.ts";
import { temporaryFolder } from "../../support/folders.ts";

const ours = [
  "CronWorkflow",
  "Workflow",
  "WorkflowArtifactGCTask",
  "WorkflowTaskResult",
  "WorkflowTaskSet",
  "WorkflowTemplate",
];

function folderWith(...kinds: readonly string[]): string {
  const folder = temporaryFolder();
  for (const kind of kinds) {
    writeFileSync(join(folder, `argoproj.io_${kind.toLowerCase()}s.yaml`), `spec: {names: {kind: ${kind}}}`);
  }
  return folder;
}

describe("readArgoCrds", () => {
  test("takes the kinds that lanes use, and none that crosses customers", () => {
    const folder = folderWith(...ours, "ClusterWorkflowTemplate", "WorkflowEventBinding");
    writeFileSync(join(folder, "kustomization.yaml"), "resources: []");
    const kinds = readArgoCrds(folder).map(({ spec }) => (spec as { names: { kind: string } }).names.kind);
    expect([...kinds].sort()).toEqual(ours);
  });

  test("tells a missing folder and how to get it", () => {
    expect(() => readArgoCrds("/nowhere/full")).toThrow(UserError);
    expect(() => readArgoCrds("/nowhere/full")).toThrow(
      /^stack platform: ARGO_CRDS: received \/nowhere\/full\n {4}rule: a folder with Argo's resource definitions\n {4}fix: set ARGO_CRDS to/,
    );
  });

  test("tells which definitions a folder lacks", () => {
    expect(() => readArgoCrds(folderWith("Workflow", "CronWorkflow", "WorkflowTemplate", "WorkflowTaskSet"))).toThrow(
      /lacks WorkflowTaskResult, WorkflowArtifactGCTask\n {4}fix: set ARGO_CRDS to/,
    );
  });
});
