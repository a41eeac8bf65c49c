import { Construct } from "constructs";
import { AdmissionPolicy, type AdmissionPolicyProps } from "./admission-policy.ts";
import { allowedImages } from "./allowed-images.ts";
import { CONTROL_CONFIG_MAPS } from "./control-config-maps.ts";
import { CRON_WORKFLOW } from "./cron-workflow.ts";
import { FINGERPRINTS } from "./fingerprints.ts";
import { LANES_ONLY } from "./lanes-only.ts";
import { NAMESPACE_LABELS } from "./namespace-labels.ts";
import { POD_ACCESS } from "./pod-access.ts";
import { POD_CREATION } from "./pod-creation.ts";
import { POD_UPDATE } from "./pod-update.ts";
import { TASK_RESULTS } from "./task-results.ts";
import { TEMPLATE_CONTENT } from "./template-content.ts";
import { WORKFLOW_CREATION } from "./workflow-creation.ts";
import { WORKFLOW_UPDATE } from "./workflow-update.ts";

const POLICIES: readonly AdmissionPolicyProps[] = [
  NAMESPACE_LABELS,
  POD_CREATION,
  POD_UPDATE,
  POD_ACCESS,
  LANES_ONLY,
  TEMPLATE_CONTENT,
  CRON_WORKFLOW,
  WORKFLOW_CREATION,
  WORKFLOW_UPDATE,
  TASK_RESULTS,
  CONTROL_CONFIG_MAPS,
  FINGERPRINTS,
];

/** The boundary at the API server, for every lane at once, one policy per concern. */
export class Admission extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    allowedImages(this);
    for (const policy of POLICIES) {
      new AdmissionPolicy(this, policy.name, policy);
    }
  }
}
