import { ApiObject } from "cdk8s";
import { Construct } from "constructs";
import type { CustomerDefinition } from "../definition/customer-definition.ts";
import { customerMetadata } from "../kubernetes/labels.ts";
import { ARGOCD_API, ARGOCD_NAMESPACE, applicationName, projectName } from "./argo-cd.ts";
import { destination } from "./destination.ts";
import type { HelmApp } from "./helm-app.ts";

export interface CustomerApplicationProps {
  readonly definition: CustomerDefinition;
  /** Name of the application in the customer's file, and of the Helm release. */
  readonly name: string;
  readonly app: HelmApp;
}

/**
 * One application, kept as the repository's revision has it. A sync that fails is tried again twice only: retries hold
 * on to the commit they began with, and a fixed one has to wait for them.
 */
export class CustomerApplication extends Construct {
  constructor(scope: Construct, id: string, { definition, name, app }: CustomerApplicationProps) {
    super(scope, id);
    const metadata = { namespace: ARGOCD_NAMESPACE };
    new ApiObject(this, "application", {
      apiVersion: ARGOCD_API,
      kind: "Application",
      metadata: customerMetadata(definition.name, applicationName(definition.name, name), metadata),
      spec: {
        project: projectName(definition.name),
        source: {
          repoURL: app.repository,
          targetRevision: app.revision,
          path: app.chart,
          helm: { releaseName: name, valuesObject: app.values },
        },
        destination: { ...destination(definition) },
        syncPolicy: {
          automated: { prune: true, selfHeal: true },
          retry: { limit: 2, backoff: { duration: "10s", factor: 2, maxDuration: "1m" } },
          // An object that another application has is refused, not fought over.
          syncOptions: ["FailOnSharedResource=true"],
        },
      },
    });
  }
}
