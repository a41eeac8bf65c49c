import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CentralApi, projectCopy, TestAuthority } from "../api/support.ts";
import { type Pulumi, succeeded } from "../farm/deploy/pulumi.ts";

/**
 * `npm run bench:up`: what `pulumi up` of one customer costs with 10 and with 1,000 customer files present, against a
 * real API server. The two sizes take turns, so that a slower moment of the machine meets both.
 */
const ROUNDS = 5;
const SIZES = [10, 1000] as const;
const MEASURED = "nordbank";

interface Timing {
  readonly create: number[];
  readonly noop: number[];
}

const api = await CentralApi.start();
try {
  const authority = new TestAuthority(api.folder);
  const server = `https://k8s.${MEASURED}.example:6443`;
  const env = {
    CUSTOMER_KUBECONFIG: api.folder.file("kubeconfig", authority.kubeconfig(server, "bench-token")),
    NIGHTLANE_CUSTOMER_CA_FILE: authority.caFile,
  };
  const timings = new Map<number, Timing>(SIZES.map((size) => [size, { create: [], noop: [] }]));
  for (const size of SIZES) {
    addCustomers(projectCopy(api.folder, `with-${size}`), size);
  }
  for (let round = -1; round < ROUNDS; round++) {
    for (const size of SIZES) {
      const timing = round < 0 ? { create: [], noop: [] } : timings.get(size);
      await measure(await api.pulumi(join(api.folder.path, `with-${size}`)), env, timing);
      console.log(`${round < 0 ? "warm-up" : `round ${round + 1}`}, ${size} customer files`);
    }
  }
  report(timings);
} finally {
  await api.stop();
}

async function measure(pulumi: Pulumi, env: Record<string, string>, timing: Timing | undefined): Promise<void> {
  await pulumi.ensureStack(MEASURED);
  timing?.create.push(await seconds(() => pulumi.run(MEASURED, ["up", "--yes", "--skip-preview"], env)));
  timing?.noop.push(
    await seconds(() => pulumi.run(MEASURED, ["up", "--yes", "--skip-preview", "--expect-no-changes"], env)),
  );
  succeeded(await pulumi.run(MEASURED, ["destroy", "--yes", "--skip-preview"], env));
}

async function seconds(command: () => ReturnType<Pulumi["run"]>): Promise<number> {
  const start = performance.now();
  succeeded(await command());
  return (performance.now() - start) / 1000;
}

/** Fills the project up to `size` customer files, each as large as a real one. */
function addCustomers(project: string, size: number): void {
  const folder = join(project, "customers");
  const source = readFileSync(join(folder, `${MEASURED}.ts`), "utf8");
  rmSync(join(folder, "alpenkredit.ts"));
  for (let index = 1; index < size; index++) {
    const address = `10.80.${Math.floor(index / 250)}.${(index % 250) + 1}`;
    const name = `bank-${String(index).padStart(4, "0")}`;
    writeFileSync(join(folder, `${name}.ts`), source.replaceAll(MEASURED, name).replace("10.64.1.10", address));
  }
}

function report(timings: ReadonlyMap<number, Timing>): void {
  for (const [size, { create, noop }] of timings) {
    console.log(`${size} customer files: create ${spread(create)}, no change ${spread(noop)}`);
  }
  const [few, many] = SIZES.map((size) => timings.get(size) ?? { create: [], noop: [] });
  const ratio = median(many?.create ?? []) / median(few?.create ?? []);
  const figures = [median(few?.create ?? []), median(few?.noop ?? [])].map((value) => value.toFixed(2));
  console.log(`up: create_s=${figures[0]} noop_s=${figures[1]} ratio_1000_10=${ratio.toFixed(2)}`);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function spread(values: readonly number[]): string {
  return `${Math.min(...values).toFixed(2)} / ${median(values).toFixed(2)} / ${Math.max(...values).toFixed(2)} s (least, median, most)`;
}
