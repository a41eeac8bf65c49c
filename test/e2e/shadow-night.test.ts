import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Writable } from "node:stream";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { firstAddress } from "../../constructs/definition/api-server.ts";
import { loadCustomer } from "../../constructs/definition/customer-files.ts";
import { Central } from "../../ops/central.ts";
import { main } from "../../ops/cli.ts";
import { ExitCode } from "../../ops/exit-code.ts";
import { laneNamespace } from "../../runs/lane-namespace.ts";
import type { NightState } from "../../runs/night-state.ts";
import { projectCopy, TemporaryFolder } from "../api/support.ts";
import { runCommand } from "../farm/command.ts";
import { watchNights } from "../farm/demo/watch-nights.ts";
import { FarmPulumi } from "../farm/deploy/farm-pulumi.ts";
import { Pulumi, succeeded } from "../farm/deploy/pulumi.ts";
import { nextRunNumber } from "../farm/nights/next-run-number.ts";
import { startNight } from "../farm/nights/start-night.ts";
import { FarmPaths, farmRoot } from "../farm/paths.ts";
import { progressOn } from "../farm/progress.ts";
import { bashNightFolder, runBashNight } from "./bash-night.ts";

const CUSTOMER = "nordbank";
const NAMESPACE = laneNamespace(CUSTOMER);
/** The last business day of a month: a night that is not a shadow would wait for its sign-off. */
const DATE = "2026-02-27";
const SAME_STEPS = ["scenarios", "revaluation", "var-es"];
const paths = new FarmPaths(farmRoot());
const folder = new TemporaryFolder();
let farm: FarmPulumi;
let kubeconfig: string;

beforeAll(async () => {
  vi.stubEnv("NIGHTLANE_IMAGES", paths.images);
  farm = await FarmPulumi.of(paths, progressOn(process.stderr));
  const { cluster } = await loadCustomer(CUSTOMER);
  // This machine does not resolve the declared name, as the lane's pods do.
  const given = readFileSync(paths.customer(CUSTOMER).kubeconfig, "utf8");
  kubeconfig = folder.file("kubeconfig", given.replace(new URL(cluster.server).hostname, firstAddress(cluster)));
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await farm.up(CUSTOMER);
  folder.remove();
});

/**
 * Deploys the customer from a copy of its file in which the night is a shadow, as section 4 of docs/migrate.md says.
 */
async function deployShadow(): Promise<void> {
  const project = projectCopy(folder, "shadow");
  const file = join(project, "customers", `${CUSTOMER}.ts`);
  const source = readFileSync(file, "utf8");
  const changed = source
    .replace("sparkRiskWorkflow({", "sparkRiskWorkflow({\n    shadow: true,")
    .replace("app: pricing,", "app: pricing,\n        inShadow: true,");
  expect(changed).toMatch(/shadow: true[\s\S]*inShadow: true/);
  writeFileSync(file, changed);
  const pulumi = await Pulumi.at({
    dir: join(paths.cluster("central").root, "pulumi"),
    kubeconfig: paths.centralKubeconfig,
    env: { NIGHTLANE_IMAGES: paths.images },
    project,
  });
  await pulumi.up(CUSTOMER, await farm.credentials(CUSTOMER));
}

/** The old night's own snapshot of the same market. */
async function takeSnapshot(): Promise<void> {
  const command = ["/opt/risk/jobs/snapshot.py", "--out", `${bashNightFolder(DATE)}/market`, "--date", DATE];
  const pods = ["--namespace", "risk", "get", "pods", "-l", "app.kubernetes.io/name=pricing-engine", "-o", "name"];
  const kubectl = async (...args: readonly string[]): Promise<string> =>
    succeeded(
      await runCommand(join(paths.programs, "kubectl"), args, {
        cwd: "/",
        env: { KUBECONFIG: kubeconfig, HOME: folder.path },
      }),
    );
  const pod = (await kubectl(...pods)).trim();
  await kubectl("--namespace", "risk", "exec", pod, "--", ...command);
}

async function compare(other: string): Promise<{ readonly code: number; readonly printed: string }> {
  const printed: string[] = [];
  const collecting = new Writable({
    write(chunk: Buffer, _encoding, next) {
      printed.push(chunk.toString());
      next();
    },
  });
  const line = ["compare", CUSTOMER, "--date", DATE, "--with", other, "--kubeconfig", paths.centralKubeconfig];
  const code = await main([...line, "--step", ...SAME_STEPS], { out: collecting, err: collecting });
  return { code, printed: printed.join("") };
}

describe("a shadow night beside the night that bash runs", () => {
  let state: NightState | undefined;
  let left: string;

  test("runs to its end on the same inputs, without the steps that may write elsewhere", async () => {
    await deployShadow();
    await takeSnapshot();
    const central = Central.fromKubeconfig(paths.centralKubeconfig);
    const runNumber = await nextRunNumber(central, NAMESPACE, DATE);
    const workflow = await startNight(paths.centralKubeconfig, NAMESPACE, { businessDate: DATE, runNumber });
    const night = { customer: CUSTOMER, displayName: CUSTOMER, namespace: NAMESPACE, workflow };
    mkdirSync(join(folder.path, "bash"));
    const definition = await loadCustomer(CUSTOMER);
    const [states, results] = await Promise.all([
      watchNights(central, [night], process.stdout, 1100),
      runBashNight({
        paths,
        folder: join(folder.path, "bash"),
        definition,
        steps: SAME_STEPS,
        businessDate: DATE,
        kubeconfig,
      }),
    ]);
    [state] = states;
    left = results;
    expect(state?.phase).toBe("Succeeded");
    expect(state?.variant).toBe("month-end");
    const steps = state?.steps.map(({ name, state: is }) => [name, is]) ?? [];
    expect(new Map(steps as [string, string][])).toEqual(
      new Map(["market", "scenarios", "revaluation", "var-es", "report", "archive"].map((name) => [name, "succeeded"])),
    );
  });

  test("has the same results, byte for byte", async () => {
    const { code, printed } = await compare(left);
    process.stdout.write(printed);
    expect([code, printed]).toEqual([ExitCode.done, expect.stringContaining(`${DATE} agrees`)]);
    expect(printed).toMatch(/var-es +var\.json +same/);
  });

  test("is distinguished from a night with another result", async () => {
    writeFileSync(join(left, "var-es", "var.json"), "{}\n");
    const { code, printed } = await compare(left);
    expect(code).toBe(ExitCode.differs);
    expect(printed).toMatch(/var-es +var\.json +different/);
  });
});
