import { afterAll, beforeAll, expect, test } from "vitest";
import { alertOf } from "../../../nightwatch/notify/alertmanager-alert.ts";
import type { Signal } from "../../../nightwatch/signals/signal.ts";
import { TemporaryFolder } from "../../api/support.ts";
import { until } from "../../farm/wait.ts";
import { Alertmanager } from "./monitoring.ts";

/** An alert as Alertmanager's `/api/v2/alerts` returns it. */
interface KnownAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly status: { readonly inhibitedBy: readonly string[] };
}

let folder: TemporaryFolder;
let alertmanager: Alertmanager;

beforeAll(async () => {
  folder = new TemporaryFolder();
  alertmanager = await Alertmanager.start(folder.path, 1);
});

afterAll(async () => {
  await alertmanager?.stop();
  folder?.remove();
});

const gate: Signal = {
  key: "gate",
  kind: "confirmation",
  severity: "warning",
  customer: "nordbank",
  night: "night-2026-03-31-run-1",
  step: "sign-off",
  since: "2026-04-01T01:00:00Z",
  reason: "sign-off waits for a confirmation",
  command: "nightlane show nordbank",
  runbook: "",
};
/** Another call, about the customer as a whole. */
const { night: _, step: __, ...ofCustomer } = { ...gate, kind: "refused" as const };

test("a warning is hidden behind what is critical about the same step of the same run, and behind nothing else", async () => {
  const open: Readonly<Record<string, Signal>> = {
    "the same run": gate,
    "another run": { ...gate, night: "night-2026-03-31-run-2" },
    "further nights": { ...gate, pipeline: "month-end" },
    "one part of a credential": { ...gate, labels: { part: "authority" } },
    "one date": { ...ofCustomer, businessDate: "2026-03-31" },
    "another step": { ...gate, step: "release" },
    "another customer": { ...gate, customer: "westbank" },
    "no run": ofCustomer,
    "no run, of another customer": { ...ofCustomer, customer: "westbank" },
  };
  const critical = [gate, ofCustomer].map((signal): Signal => ({ ...signal, severity: "critical" }));
  const named = Object.entries(open).map(([is, signal]): Signal => ({ ...signal, labels: { ...signal.labels, is } }));
  const answer = await fetch(`${alertmanager.url}/api/v2/alerts`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify([...critical, ...named].map((signal) => alertOf(signal, "https://x.example", Date.now()))),
  });
  expect(answer.status).toBe(200);
  let hidden: readonly string[] = [];
  await until({ what: "Alertmanager knows which are hidden", limitSeconds: 30 }, async () => {
    const known = (await (await fetch(`${alertmanager.url}/api/v2/alerts`)).json()) as readonly KnownAlert[];
    const warnings = known.filter(({ labels }) => labels.severity === "warning");
    hidden = warnings.filter(({ status }) => status.inhibitedBy.length > 0).flatMap(({ labels }) => labels.is ?? []);
    return warnings.length === named.length && hidden.length >= 2;
  });
  expect([...hidden].sort()).toEqual(["no run", "the same run"]);
});
