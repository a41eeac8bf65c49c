import { readFileSync } from "node:fs";
import { join } from "node:path";
import { importImages } from "../../farm/image-store.ts";
import { ensureImages } from "../../farm/images/ensure.ts";
import { type FarmPaths, repositoryRoot } from "../../farm/paths.ts";
import { plainEnvironment, run } from "../../farm/run.ts";
import type { Sandbox } from "../../farm/sandbox.ts";
import { ensureTools } from "../../farm/tools/ensure.ts";
import type { Reporter } from "../../farm/tools/reporter.ts";

/** Namespace of the plain Argo baseline in the customer's cluster. */
export const ARGO_BASELINE = "argo-baseline";

/** Seconds that the controller may take to come up on a busy machine. */
const LIMIT = "180s";

export interface ArgoBaselineProps {
  readonly paths: FarmPaths;
  /** The customer's cluster. */
  readonly sandbox: Sandbox;
  readonly adminKubeconfig: string;
  /** Namespace in which its Jobs run. */
  readonly namespace: string;
  readonly reporter: Reporter;
}

/** Installs Argo's controller in the customer's cluster; it can be done again. */
export async function ensureArgoBaseline(props: ArgoBaselineProps): Promise<void> {
  const images = await ensureImages(["argoController", "argoExecutor"], props.reporter);
  await importImages(props.sandbox, Object.values(images), () => {});
  const { kubectl, "argo-crds": crds } = await ensureTools(["kubectl", "argo-crds"], props.reporter);
  const environment = { ...plainEnvironment, KUBECONFIG: props.adminKubeconfig };
  const apply = async (filename: string, input = ""): Promise<void> => {
    await run(kubectl, ["apply", "--server-side", "--force-conflicts", "--filename", filename], {
      env: environment,
      input,
    });
  };
  await apply(join(crds, "full"));
  const file = readFileSync(join(repositoryRoot, "test", "bench", "baseline", "argo-controller.yaml"), "utf8");
  await apply(
    "-",
    file
      .replaceAll("CONTROLLER_IMAGE", images.argoController.reference)
      .replaceAll("EXECUTOR_IMAGE", images.argoExecutor.reference)
      .replaceAll("JOBS_NAMESPACE", props.namespace),
  );
  const rollout = [
    "rollout",
    "status",
    "deployment/workflow-controller",
    "--namespace",
    ARGO_BASELINE,
    "--timeout",
    LIMIT,
  ];
  await run(kubectl, rollout, { env: environment, limitSeconds: 240 });
}
