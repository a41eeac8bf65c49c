import { hostname } from "node:os";
import { KubeConfig } from "@kubernetes/client-node";
import { RUNBOOK } from "../constructs/platform/alerts/runbook.ts";
import type { PageAssets } from "./page/document.ts";
import { startNightwatch } from "./start.ts";

/** The browser's part of the page, which image/bundle.ts puts here. */
declare const PAGE_ASSETS: PageAssets;

/** Entry of the container. Every setting has a default that fits the deployment in constructs/platform/nightwatch.ts. */
const config = new KubeConfig();
const kubeconfig = process.env.KUBECONFIG;
if (kubeconfig === undefined) {
  config.loadFromCluster();
} else {
  config.loadFromFile(kubeconfig);
}

const log = (level: "info" | "error", text: string): void => {
  process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), level, text })}\n`);
};

const { port, pagePort, stop } = await startNightwatch({
  config,
  namespace: process.env.RECORDS_NAMESPACE ?? "nightlane-system",
  webhookFolder: process.env.WEBHOOK_FOLDER ?? "/webhook",
  alertmanager: {
    urls: (process.env.ALERTMANAGERS ?? "").split(",").filter((url) => url !== ""),
    folder: process.env.ALERTMANAGER_FOLDER ?? "/alertmanager",
  },
  runbook: process.env.RUNBOOK ?? RUNBOOK,
  retentionDays: Number(process.env.RETENTION_DAYS ?? "90"),
  port: Number(process.env.PORT ?? "8080"),
  page: { port: Number(process.env.PAGE_PORT ?? "8081"), assets: PAGE_ASSETS },
  roundMilliseconds: 5000,
  identity: process.env.POD_NAME ?? hostname(),
  // At once, since another process leads from now on. It comes back on standby.
  lost: () => process.exit(1),
  log,
});
log("info", `nightwatch serves /metrics on port ${port}, its page on port ${pagePort}`);

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => {
    void stop().then(() => process.exit(0));
  });
}
