import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, test } from "vitest";
import { customerNames } from "../../constructs/definition/customer-files.ts";
import { Central } from "../../ops/central.ts";
import { laneNamespace } from "../../runs/lane-namespace.ts";
import { nextRunNumber } from "../farm/nights/next-run-number.ts";
import { startNight } from "../farm/nights/start-night.ts";
import { FarmPaths, farmRoot, repositoryRoot } from "../farm/paths.ts";
import { ReaderBrowser } from "../ui/browser.ts";

/** A Saturday: its night is the calendar alone. */
const CLOSED_DATE = "2026-03-28";
const { centralKubeconfig } = new FarmPaths(farmRoot());
const [customer = ""] = customerNames();

let browser: ReaderBrowser;
beforeAll(async () => {
  browser = await ReaderBrowser.start();
});
afterAll(async () => browser?.close());

test("nightlane ui opens the page of nightwatch's pod, through the API server and the network policies", async () => {
  const central = Central.fromKubeconfig(centralKubeconfig);
  const runNumber = await nextRunNumber(central, laneNamespace(customer), CLOSED_DATE);
  const night = await startNight(centralKubeconfig, laneNamespace(customer), { businessDate: CLOSED_DATE, runNumber });
  const command = [
    join(repositoryRoot, "ops", "nightlane.mjs"),
    "ui",
    "--no-browser",
    "--kubeconfig",
    centralKubeconfig,
  ];
  const ui = spawn(process.execPath, command, { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const [address] = await once(createInterface({ input: ui.stdout }), "line");
    const reader = await browser.reader();
    await reader.open(String(address));
    const { page } = reader;
    for (const name of customerNames()) {
      await page.locator(".row", { hasText: name }).first().waitFor({ timeout: 60_000 });
    }
    await page.evaluate(`location.hash = "#/past/${customer}"`);
    // A night that has been removed since may have had the same name.
    await page.locator(`.grid a[href$="${night}"]`).first().click({ timeout: 60_000 });
    await page.locator("h2", { hasText: CLOSED_DATE }).waitFor({ timeout: 60_000 });
    expect(reader.mistakes).toEqual([]);
    await reader.close();
  } finally {
    ui.kill("SIGINT");
    await once(ui, "exit");
  }
});
