import { Chart } from "cdk8s";
import type { Construct } from "constructs";
import { centralCluster } from "../checks/read-central.ts";
import { ARGO_NAMESPACE, SYSTEM_NAMESPACE } from "../definition/central-cluster.ts";
import { platformMetadata } from "../kubernetes/labels.ts";
import { restrictedNamespace } from "../kubernetes/restricted-namespace.ts";
import { Admission } from "./admission/admission.ts";
import { AdmissionPolicy } from "./admission/admission-policy.ts";
import { ARGO_CD_OBJECTS } from "./admission/argo-cd.ts";
import { NightAlerts } from "./alerts/night-alerts.ts";
import { PlatformAlerts } from "./alerts/platform-alerts.ts";
import { ArgoController } from "./argo-controller.ts";
import { ArgoNetwork } from "./argo-network.ts";
import { ArgoRbac } from "./argo-rbac.ts";
import { DefaultDeny } from "./default-deny.ts";
import { InertDefaultProject } from "./default-project.ts";
import { Monitoring } from "./monitoring.ts";
import { NightActs } from "./night-acts.ts";
import { NIGHTWATCH_LABELS, Nightwatch } from "./nightwatch.ts";
import { NightwatchNetwork } from "./nightwatch-network.ts";
import { NightwatchPage } from "./nightwatch-page.ts";
import { NightwatchRbac } from "./nightwatch-rbac.ts";
import { NightwatchRecords } from "./nightwatch-records.ts";
import { NotedActs } from "./noted-acts.ts";
import { OncallDirectory } from "./oncall-directory.ts";

/** What the lanes share: the Argo controller, nightwatch, and the policies that apply to all. */
export class Platform extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id, { disableResourceNameHashes: true });
    const central = centralCluster();
    restrictedNamespace(this, "argo-namespace", platformMetadata(ARGO_NAMESPACE));
    restrictedNamespace(this, "system-namespace", platformMetadata(SYSTEM_NAMESPACE));
    new Admission(this, "admission");
    if (central.argoCd) {
      new AdmissionPolicy(this, "argo-cd-objects", ARGO_CD_OBJECTS);
      new InertDefaultProject(this, "default-project");
    }
    new NightActs(this, "night-acts");
    new NotedActs(this, "acts");
    new NightwatchRecords(this, "records");
    new ArgoNetwork(this, "argo-network", central);
    new DefaultDeny(this, "system-network", SYSTEM_NAMESPACE);
    new NightwatchNetwork(this, "nightwatch-network", central);
    const argoRbac = new ArgoRbac(this, "argo-rbac");
    new ArgoController(this, "argo-controller", argoRbac.account);
    new OncallDirectory(this, "oncall-directory");
    const { account } = new NightwatchRbac(this, "nightwatch-rbac");
    new Nightwatch(this, "nightwatch", { account, central });
    new NightwatchPage(this, "nightwatch-page", { labels: NIGHTWATCH_LABELS });
    if (central.monitoring?.prometheusOperator === true) {
      new Monitoring(this, "monitoring");
      new NightAlerts(this, "night-alerts", central.runbook);
      new PlatformAlerts(this, "platform-alerts", central.runbook);
    }
  }
}
