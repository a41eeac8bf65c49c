import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FARM_TOOLS } from "../farm/farm-context.ts";
import { repositoryRoot } from "../farm/paths.ts";
import { progressOn } from "../farm/progress.ts";
import { DOWNLOADS } from "../farm/tools/release/source.ts";
import { serveReleases } from "./first-hour/release-server.ts";

/**
 * What a newcomer waits for: `make demo` in a clean clone with an empty cache. `tsx test/bench/first-hour.ts` has a
 * server beside it that serves the releases of the tools' projects; `tsx test/bench/first-hour.ts off` has none, so
 * that all tools are built. Debian's packages that this machine has already are not installed again; the farm of this
 * machine must be down.
 */
const OFF = process.argv[2] === "off";

const folder = mkdtempSync(join(tmpdir(), "nightlane-first-hour-"));
const progress = progressOn(process.stderr);
const server = OFF ? undefined : await serveReleases(FARM_TOOLS, join(folder, "releases"), progress);
try {
  const clone = join(folder, "clone");
  execFileSync("git", ["clone", "--quiet", repositoryRoot, clone]);
  const start = performance.now();
  const code = await make("demo", clone);
  const minutes = (performance.now() - start) / 60_000;
  await make("farm-down", clone);
  if (code !== 0) {
    throw new Error(`make demo ended with ${code}`);
  }
  const downloads = server === undefined ? "off" : `${server.served()}`;
  console.log(`first hour: demo_min=${minutes.toFixed(1)} downloads=${downloads}`);
} finally {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function make(target: string, cwd: string): Promise<number> {
  const env = { ...process.env, NIGHTLANE_CACHE: join(folder, "cache"), [DOWNLOADS]: server?.address ?? "off" };
  const child = spawn("make", [target], { cwd, env, stdio: ["ignore", "inherit", "inherit"] });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 128));
  });
}
