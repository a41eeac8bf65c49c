import { join } from "node:path";
import { CUSTOMERS_FOLDER } from "../../../constructs/definition/customer-files.ts";
import { laneNamespace } from "../../../runs/lane-namespace.ts";
import { Api } from "../../support/api.ts";
import { loadFarmCustomer } from "../customers.ts";
import { customerEnvironment } from "../environment.ts";
import type { FarmPaths } from "../paths.ts";
import type { Reporter } from "../tools/reporter.ts";
import { until } from "../wait.ts";
import { Pulumi } from "./pulumi.ts";

/** Deploys stacks into the farm's central cluster, each customer's with that customer's credentials and no others. */
export class FarmPulumi {
  private constructor(
    readonly pulumi: Pulumi,
    private readonly paths: FarmPaths,
  ) {}

  static async of(paths: FarmPaths, reporter: Reporter): Promise<FarmPulumi> {
    const target = {
      // The state goes with the cluster: a new one starts from scratch.
      dir: join(paths.cluster("central").root, "pulumi"),
      kubeconfig: paths.centralKubeconfig,
      env: { NIGHTLANE_IMAGES: paths.images, ...otherCustomers() },
    };
    return new FarmPulumi(await Pulumi.at(target, reporter), paths);
  }

  /** `pulumi up` of the stack `platform` or of a customer's, whose lane then takes nights. */
  async up(stack: string): Promise<string> {
    const output = await this.pulumi.up(stack, await this.credentials(stack));
    if (stack !== "platform") {
      await untilQuotaIsCounted(this.paths, laneNamespace(stack));
    }
    return output;
  }

  /** The environment by which a stack finds its credentials, as GitLab would set it; the platform has none. */
  async credentials(stack: string): Promise<Readonly<Record<string, string>>> {
    return stack === "platform" ? {} : customerEnvironment(this.paths, await loadFarmCustomer(stack));
  }
}

/** Another folder of customer files, if one is set; a program has its own beside it. */
function otherCustomers(): Readonly<Record<string, string>> {
  return process.env.NIGHTLANE_CUSTOMERS ? { NIGHTLANE_CUSTOMERS: CUSTOMERS_FOLDER } : {};
}

/**
 * A quota that Kubernetes has not counted yet refuses every night: on a fresh cluster that takes up to half a minute.
 */
export async function untilQuotaIsCounted(paths: FarmPaths, namespace: string): Promise<void> {
  const client = await Api.fromKubeconfig(paths.centralKubeconfig);
  const path = `/api/v1/namespaces/${namespace}/resourcequotas/lane`;
  try {
    const options = { what: `the quota of ${namespace} is counted`, limitSeconds: 360, everyMilliseconds: 1000 };
    await until(options, async () => {
      const quota = await client.find<{ readonly status?: { readonly used?: Readonly<Record<string, string>> } }>(path);
      return quota?.status?.used?.["count/workflows.argoproj.io"] !== undefined;
    });
  } finally {
    client.close();
  }
}
