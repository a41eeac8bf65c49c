import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ARGO_NAMESPACE } from "../../constructs/definition/central-cluster.ts";
import { CONTROLLER_RATE } from "../../constructs/platform/argo-controller.ts";
import { Platform } from "../../constructs/platform/platform.ts";
import { render } from "../../constructs/synthesize.ts";
import { terminate } from "../farm/processes.ts";
import { until } from "../farm/wait.ts";
import { deployedArguments, startController } from "./argo-controller.ts";
import { CentralApi } from "./support.ts";

/** Workflows that wait when the controller comes: two requests about each. */
const WORKFLOWS = 300;
/** A rate at which a controller waits on any machine, and workflows for half a minute of it. */
const SLOW = { args: ["--qps", "5", "--burst", "5"], workflows: 60 };
/** What the controller needs to run. */
const KINDS: ReadonlySet<string> = new Set(["ConfigMap", "ServiceAccount", "Role", "RoleBinding"]);
const CLUSTER_KINDS: ReadonlySet<string> = new Set(["Namespace", "ClusterRole", "ClusterRoleBinding"]);

let central: CentralApi;

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
  await central?.stop();
});

/** How often a controller waits for more than a second for its own limit before it sends a request, until it has seen to all. */
async function waitsWith(args: readonly string[], count: number): Promise<number> {
  const workflow = (number: number): object => ({
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Workflow",
    metadata: { name: `one-${number}`, namespace: "default" },
    // Refused by the controller, since it refers to no stored template: a night without any pod.
    spec: { entrypoint: "main", templates: [{ name: "main", suspend: {} }] },
  });
  await apply(Array.from({ length: count }, (_, number) => workflow(number)));
  const log = join(central.folder.path, "controller.log");
  rmSync(log, { force: true });
  const controller = await startController(central, args);
  try {
    await until({ what: "the controller has seen to each", limitSeconds: 150, everyMilliseconds: 1000 }, async () => {
      const phases = await central.kubectl(
        ...["get", "workflows", "-n", "default", "-o", "jsonpath={.items[*].status.phase}"],
      );
      return phases.split(" ").filter((phase) => phase === "Error").length === count;
    });
  } finally {
    await terminate(controller, 0);
    await central.kubectl("delete", "workflows", "--all", "-n", "default");
  }
  return readFileSync(log, "utf8").split("client-side throttling").length - 1;
}

test("the Argo controller sees to many nights of one minute without waiting for its own limit of requests", async () => {
  const args = deployedArguments();
  expect(args).toEqual(expect.arrayContaining([...CONTROLLER_RATE]));
  const withoutRate = args.filter((arg) => !CONTROLLER_RATE.includes(arg));
  expect(await waitsWith([...withoutRate, ...SLOW.args], SLOW.workflows)).toBeGreaterThan(0);
  expect(await waitsWith(args, WORKFLOWS)).toBe(0);
});
