import { Chart } from "cdk8s";
import type { Construct } from "constructs";
import type { CustomerDefinition } from "../definition/customer-definition.ts";
import { CustomerProject } from "./app-project.ts";
import { CustomerApplication } from "./application.ts";
import { ClusterRegistration } from "./cluster-registration.ts";

/**
 * What Argo CD, in the central cluster, is given about a customer's applications. Nothing for a customer without
 * `apps`.
 */
export class CustomerApps extends Chart {
  constructor(scope: Construct, id: string, definition: CustomerDefinition) {
    super(scope, id, { disableResourceNameHashes: true });
    const apps = Object.entries(definition.apps);
    if (apps.length === 0) {
      return;
    }
    new CustomerProject(this, "project", definition);
    new ClusterRegistration(this, "cluster", definition);
    for (const [name, app] of apps) {
      new CustomerApplication(this, `app-${name}`, { definition, name, app });
    }
  }
}
