import { afterAll, beforeAll, expect, test } from "vitest";
import { ARGO_NAMESPACE } from "../../constructs/definition/central-cluster.ts";
import { Platform } from "../../constructs/platform/platform.ts";
import { render } from "../../constructs/synthesize.ts";
import { type ProcessIdentity, terminate } from "../farm/processes.ts";
import { until } from "../farm/wait.ts";
import { startController } from "./argo-controller.ts";
import { CentralApi } from "./support.ts";

/** Workflows that wait when the controller comes. */
const WORKFLOWS = 300;
/** How many seconds the controller's own rate takes for them: two requests about each, 30 at once and then 20 a second. */
const WITHOUT_A_RATE = (2 * WORKFLOWS - 30) / 20;
/** What the controller needs to run. */
const KINDS: ReadonlySet<string> = new Set(["ConfigMap", "ServiceAccount", "Role", "RoleBinding"]);
const CLUSTER_KINDS: ReadonlySet<string> = new Set(["Namespace", "ClusterRole", "ClusterRoleBinding"]);

let central: CentralApi;
let controller: ProcessIdentity | undefined;

async function apply(items: readonly object[]): Promise<void> {
  const file = central.folder.file("apply.json", JSON.stringify({ apiVersion: "v1", kind: "List", items }));
  await central.kubectl("apply", "--server-side", "-f", file);
}

beforeAll(async () => {
  central = await CentralApi.start();
  const platform = render((app) => new Platform(app, "platform"));
  await apply(platform.filter(({ kind }) => kind === "Namespace"));
  await apply(
    platform.filter(
      ({ kind, metadata }) => CLUSTER_KINDS.has(kind) || (KINDS.has(kind) && metadata.namespace === ARGO_NAMESPACE),
    ),
  );
});

afterAll(async () => {
  if (controller !== undefined) await terminate(controller, 0);
  await central?.stop();
});

interface Noted {
  readonly metadata: { readonly managedFields?: readonly { readonly manager?: string; readonly time?: string }[] };
  readonly status?: { readonly phase?: string };
}

test("the Argo controller sees to many nights of one minute faster than by its own rate of requests", async () => {
  const workflow = (number: number): object => ({
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Workflow",
    metadata: { name: `one-${number}`, namespace: "default" },
    // Refused by the controller, since it refers to no stored template: a night without any pod.
    spec: { entrypoint: "main", templates: [{ name: "main", suspend: {} }] },
  });
  await apply(Array.from({ length: WORKFLOWS }, (_, number) => workflow(number)));
  controller = await startController(central);
  let found: readonly Noted[] = [];
  await until({ what: "the controller has seen to each", limitSeconds: 120, everyMilliseconds: 1000 }, async () => {
    found = JSON.parse(
      await central.kubectl("get", "workflows", "-n", "default", "-o", "json", "--show-managed-fields"),
    ).items;
    return found.every(({ status }) => status?.phase === "Error");
  });
  const times = found.map(({ metadata }) =>
    Math.max(
      ...(metadata.managedFields ?? []).flatMap(({ manager, time }) =>
        manager?.startsWith("kubectl") || time === undefined ? [] : [Date.parse(time)],
      ),
    ),
  );
  const seconds = (Math.max(...times) - Math.min(...times)) / 1000;
  // Even where the machine is busy with other tests.
  expect(seconds).toBeLessThan(0.7 * WITHOUT_A_RATE);
});
