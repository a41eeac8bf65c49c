import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Head } from "../../../api/pages.ts";
import type { Workflow } from "../../../runs/workflow.ts";
import { nightWorkflow } from "../ops/support/night-workflow.ts";
import { WatchedNights } from "./watched-nights.ts";

const NOW = "2026-03-31T21:10:00Z";

function head(customer: string): Head {
  const labels = { "workflows.argoproj.io/completed": "true" };
  return { metadata: { name: "night-2026-03-31-run-1", namespace: `customer-${customer}`, uid: customer, labels } };
}

function whole(customer: string): Workflow {
  const one = nightWorkflow({ phase: "Failed", finishedAt: "2026-03-31T21:00:00Z" });
  return { ...one, metadata: { ...one.metadata, ...head(customer).metadata, annotations: {} } };
}

/** Heads one after the other, with time for what was begun with one before the next comes. */
async function* slowly(...heads: readonly Head[]): AsyncIterable<Head> {
  for (const one of heads) {
    yield one;
    await setImmediate();
  }
}

const away = new Error("HTTP 503 etcdserver: leader changed");

test("a workflow that cannot be read while the list goes on fails that list, and nothing else", async () => {
  const watched = new WatchedNights(NOW);
  const list = watched.nightwatch.intake.workflowsListed(
    slowly(head("alpha"), head("bad"), head("zeta")),
    async (one) => {
      if (one.metadata.uid === "bad") {
        throw away;
      }
      return whole(one.metadata.uid ?? "");
    },
  );
  await expect(list).rejects.toBe(away);
  expect(watched.nightwatch.isReady()).toBe(false);
  await watched.roundAt(NOW);
  expect(watched.calls.map(({ customer, kind }) => `${customer} ${kind}`)).toEqual(["alpha failed", "zeta failed"]);
});

test("a workflow that can never be read is a problem of its lane, and the others are watched", async () => {
  const watched = new WatchedNights(NOW);
  watched.nightwatch.intake.scheduleChanged({
    metadata: { name: "night", namespace: "customer-bad", creationTimestamp: NOW },
    spec: { schedules: ["30 22 * * *"], workflowSpec: { workflowTemplateRef: { name: "night-0123456789" } } },
  });
  let isAway = true;
  const list = () =>
    watched.nightwatch.intake.workflowsListed(slowly(head("bad"), head("zeta")), async ({ metadata }) => {
      if (metadata.uid === "bad" && isAway) {
        throw away;
      }
      return whole(metadata.uid ?? "");
    });
  await expect(list()).rejects.toBe(away);
  await expect(list()).rejects.toBe(away);
  await list();
  expect(watched.nightwatch.isReady()).toBe(true);
  await watched.roundAt(NOW);
  const reasons = watched.calls.map(({ customer, reason }) => `${customer}: ${reason}`);
  expect(reasons).toEqual([
    expect.stringMatching(/^bad: the workflow night-2026-03-31-run-1 cannot be read: .*leader changed/),
    expect.stringMatching(/^zeta: /),
  ]);
  isAway = false;
  await list();
  await watched.roundAt("2026-03-31T21:11:00Z");
  expect(watched.metric('nightlane_unreadable{customer="bad"}')).toBe(0);
  expect(watched.calls.at(-1)).toMatchObject({ customer: "bad", kind: "failed" });
});
