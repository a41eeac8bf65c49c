import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { loadFarmCustomer } from "../../farm/customers.ts";
import type { Pulumi } from "../../farm/deploy/pulumi.ts";
import { customerEnvironment } from "../../farm/environment.ts";
import type { FarmPaths } from "../../farm/paths.ts";
import type { FarmCustomer } from "../../farm/plan.ts";

/** A variable as the settings of a GitLab project have it: content by the environment that it is limited to. */
interface ScopedVariable {
  readonly type: "file" | "variable";
  readonly values: Record<string, string>;
}

/** The variables of a GitLab project, as docs/deploy.md has them, for stacks in the farm. */
export class ProjectVariables {
  private readonly variables: Record<string, ScopedVariable> = {};

  private constructor(private readonly paths: FarmPaths) {}

  /** Those of the platform and of every customer of this checkout. */
  static async of(paths: FarmPaths, pulumi: Pulumi, customers: readonly string[]): Promise<ProjectVariables> {
    const setting = (name: string): string => pulumi.settings[name] ?? "";
    const passphrase = async (stack: string): Promise<string> =>
      readFileSync(await pulumi.passphraseFile(stack), "utf8");
    const project = new ProjectVariables(paths);
    for (const scope of ["platform", "customers/*"]) {
      project.add("KUBECONFIG", "file", scope, readFileSync(paths.centralKubeconfig, "utf8"));
      project.add("PULUMI_BACKEND_URL", "variable", scope, setting("PULUMI_BACKEND_URL"));
    }
    project.add("FINGERPRINT_KEY", "file", "customers/*", readFileSync(setting("FINGERPRINT_KEY"), "utf8"));
    project.add("PULUMI_CONFIG_PASSPHRASE_FILE", "file", "platform", await passphrase("platform"));
    project.add("PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER", "variable", "*", "true");
    for (const customer of customers) {
      project.addCustomer(await loadFarmCustomer(customer), await passphrase(customer));
    }
    return project;
  }

  /** A customer's own, limited to its environment, with a passphrase that no other stack has. */
  addCustomer(customer: FarmCustomer, passphrase = randomBytes(24).toString("hex")): void {
    const scope = `customers/${customer.name}`;
    this.add("PULUMI_CONFIG_PASSPHRASE_FILE", "file", scope, passphrase);
    for (const [name, file] of Object.entries(customerEnvironment(this.paths, customer))) {
      this.add(name, "file", scope, readFileSync(file, "utf8"));
    }
  }

  /** What a job with an environment of this name finds in its variables of type File: content by name. */
  filesOf(environment: string): Readonly<Record<string, string>> {
    const entries = Object.entries(this.variables).flatMap(([name, { type, values }]) => {
      const content = values[environment] ?? values[environment.replace(/\/.*/, "/*")];
      return type === "file" && content !== undefined ? [[name, content] as const] : [];
    });
    return Object.fromEntries(entries);
  }

  /** The content of gitlab-ci-local's variables.yml. */
  document(others: Readonly<Record<string, string>>): unknown {
    return { global: { ...this.variables, ...others } };
  }

  private add(name: string, type: ScopedVariable["type"], scope: string, content: string): void {
    const variable = this.variables[name] ?? { type, values: {} };
    variable.values[scope] = content;
    this.variables[name] = variable;
  }
}
