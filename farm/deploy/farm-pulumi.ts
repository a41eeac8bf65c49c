import { join } from "node:path";
import { loadFarmCustomer } from "../customers.ts";
import { customerEnvironment } from "../environment.ts";
import type { FarmPaths } from "../paths.ts";
import type { Reporter } from "../tools/reporter.ts";
import { Pulumi } from "./pulumi.ts";

/** Deploys stacks into the farm's central cluster, each customer's with that customer's credentials and no others. */
export class FarmPulumi {
  private constructor(
    readonly pulumi: Pulumi,
    private readonly paths: FarmPaths,
  ) {}

  static async of(paths: FarmPaths, reporter: Reporter): Promise<FarmPulumi> {
    const target = {
      // With the cluster goes the state: a new one starts from nothing.
      dir: join(paths.cluster("central").root, "pulumi"),
      kubeconfig: paths.centralKubeconfig,
      env: { NIGHTLANE_IMAGES: paths.images },
    };
    return new FarmPulumi(await Pulumi.at(target, reporter), paths);
  }

  /** `pulumi up` of the stack `platform` or of a customer's. */
  async up(stack: string): Promise<string> {
    return this.pulumi.up(stack, await this.credentials(stack));
  }

  /** The environment by which a stack finds its credentials, as GitLab would set it; the platform has none. */
  async credentials(stack: string): Promise<Readonly<Record<string, string>>> {
    return stack === "platform" ? {} : customerEnvironment(this.paths, await loadFarmCustomer(stack));
  }
}
