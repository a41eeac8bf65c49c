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
 * One application, kept at the repository's revision. A failed sync is retried only twice: retries stay with the commit
 * they started with, and its fix has to wait for them.
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
          // An object that belongs to another application is refused, not fought over.
          syncOptions: ["FailOnSharedResource=true"],
        },
      },
    });
  }
}
