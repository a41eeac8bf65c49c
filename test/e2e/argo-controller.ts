import { AppsV1Api, KubeConfig, PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import { ARGO_NAMESPACE } from "../../constructs/definition/central-cluster.ts";
import { FarmPaths, farmRoot } from "../farm/paths.ts";
import { until } from "../farm/wait.ts";

const MERGE = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);
const CONTROLLER = { namespace: ARGO_NAMESPACE, name: "workflow-controller" } as const;

/** Stops Argo's controller, or starts it again; returns once that is done. */
export async function scaleArgoController(replicas: 0 | 1): Promise<void> {
  const config = new KubeConfig();
  config.loadFromFile(new FarmPaths(farmRoot()).centralKubeconfig);
  const apps = config.makeApiClient(AppsV1Api);
  await apps.patchNamespacedDeploymentScale({ ...CONTROLLER, body: { spec: { replicas } } }, MERGE);
  const what = `Argo's controller ${replicas === 0 ? "is gone" : "is back"}`;
  await until({ what, limitSeconds: 120, everyMilliseconds: 500 }, async () => {
    const { status } = await apps.readNamespacedDeployment(CONTROLLER);
    return (status?.replicas ?? 0) === replicas && (status?.readyReplicas ?? 0) === replicas;
  });
}
