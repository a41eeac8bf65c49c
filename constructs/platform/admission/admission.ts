import { Construct } from "constructs";
import { AllowedImages } from "./allowed-images.ts";
import { ControlConfigMaps } from "./control-config-maps.ts";
import { CronWorkflowContent } from "./cron-workflow.ts";
import { FingerprintsOfTheirOwn } from "./fingerprints.ts";
import { LanesOnly } from "./lanes-only.ts";
import { NamespaceLabels } from "./namespace-labels.ts";
import { PodAccess } from "./pod-access.ts";
import { PodCreation } from "./pod-creation.ts";
import { PodUpdate } from "./pod-update.ts";
import { TaskResults } from "./task-results.ts";
import { TemplateContent } from "./template-content.ts";
import { TemplateImmutable } from "./template-immutable.ts";
import { WorkflowCreation } from "./workflow-creation.ts";
import { WorkflowUpdate } from "./workflow-update.ts";

/** The boundary at the API server, for every lane at once, one policy per concern. */
export class Admission extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new AllowedImages(this, "allowed-images");
    new NamespaceLabels(this, "namespace-labels");
    new PodCreation(this, "pod-creation");
    new PodUpdate(this, "pod-update");
    new PodAccess(this, "pod-access");
    new LanesOnly(this, "lanes-only");
    new TemplateContent(this, "template-content");
    new TemplateImmutable(this, "template-immutable");
    new CronWorkflowContent(this, "cron-workflow");
    new WorkflowCreation(this, "workflow-creation");
    new WorkflowUpdate(this, "workflow-update");
    new TaskResults(this, "task-results");
    new ControlConfigMaps(this, "control-config-maps");
    new FingerprintsOfTheirOwn(this, "fingerprints");
  }
}
