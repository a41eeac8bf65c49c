import { existsSync } from "node:fs";
import { join } from "node:path";
import { loadFarmCustomer } from "../customers.ts";
import type { FarmPaths } from "../paths.ts";
import type { Reporter } from "../tools/reporter.ts";
import { Pulumi } from "./pulumi.ts";

/** Pulumi pointed at the farm's central cluster, with the farm's images. */
export async function farmPulumi(paths: FarmPaths, reporter: Reporter): Promise<FarmPulumi> {
  const pulumi = await Pulumi.at(
    {
      dir: join(paths.root, "pulumi"),
      kubeconfig: join(paths.central, "admin.kubeconfig"),
      env: { NIGHTLANE_IMAGES: paths.images },
    },
    reporter,
  );
  return new FarmPulumi(pulumi, paths);
}

/** Deploys stacks into the farm, each customer's with that customer's credentials and no others. */
export class FarmPulumi {
  constructor(
    readonly pulumi: Pulumi,
    private readonly paths: FarmPaths,
  ) {}

  async up(stack: string): Promise<string> {
    return this.pulumi.up(stack, stack === "platform" ? {} : await this.credentials(stack));
  }

  /** The environment by which a customer's deployment finds its credentials, as GitLab would set it. */
  async credentials(name: string): Promise<Readonly<Record<string, string>>> {
    const customer = await loadFarmCustomer(name);
    const folder = this.paths.customer(name);
    const files = customer.credentials.flatMap(({ variable, file }) => {
      return variable === undefined || !existsSync(join(folder, file)) ? [] : [[variable, join(folder, file)]];
    });
    return { ...Object.fromEntries(files), NIGHTLANE_CUSTOMER_CA_FILE: join(folder, "ca.pem") };
  }
}
