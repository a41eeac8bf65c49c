import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, expect, test } from "vitest";
import { bundleNightwatch } from "../../../nightwatch/image/bundle.ts";
import { renderKubeconfig } from "../../farm/kubeconfig.ts";
import { certificate } from "../../support/certificates.ts";
import { temporaryFolder } from "../../support/folders.ts";

let child: ChildProcess | undefined;
afterEach(() => child?.kill("SIGKILL"));

test("the bundle of the image runs by itself, waits for an API server that is away, and ends when asked to", async () => {
  const folder = temporaryFolder();
  const program = join(folder, "nightwatch.mjs");
  writeFileSync(program, await bundleNightwatch());
  const kubeconfig = join(folder, "kubeconfig");
  const cluster = { cluster: "central", server: "https://127.0.0.1:9", authorityPem: certificate("valid") };
  writeFileSync(kubeconfig, renderKubeconfig({ ...cluster, user: "nightwatch", identity: { token: "none" } }));
  child = spawn(process.execPath, [program], {
    cwd: folder,
    env: { KUBECONFIG: kubeconfig, PORT: "0", PAGE_PORT: "0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const lines: { readonly level: string; readonly text: string }[] = [];
  if (child.stdout === null) {
    throw new Error("no output to read");
  }
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(JSON.parse(line));
    if (lines.length === 2) {
      break;
    }
  }
  const text = lines.map((line) => line.text).join("\n");
  expect(text).toMatch(/lease nightwatch: .*; trying again/);
  const [, port] = /serves \/metrics on port (\d+)/.exec(text) ?? [];
  const status = async (path: string): Promise<number> => (await fetch(`http://127.0.0.1:${port}${path}`)).status;
  expect([await status("/healthz"), await status("/readyz"), await status("/metrics")]).toEqual([200, 503, 200]);
  child.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
}, 60_000);
