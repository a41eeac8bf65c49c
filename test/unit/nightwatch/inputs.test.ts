import { expect, test } from "vitest";
import { INPUTS_BY } from "../../../runs/annotations.ts";
import type { CronWorkflow } from "../../../runs/schedule.ts";
import { stepNode } from "../ops/support/night-workflow.ts";
import { cron, night, running, watch } from "./berlin-nights.ts";
import { WatchedNights } from "./watched-nights.ts";

const made = { ...cron, metadata: { ...cron.metadata, creationTimestamp: "2026-03-31T12:00:00Z" } };
const inputsBy = (text: string | undefined): CronWorkflow => ({
  ...made,
  metadata: {
    ...made.metadata,
    annotations: { ...made.metadata.annotations, ...(text === undefined ? {} : { [INPUTS_BY]: text }) },
  },
});
const tonight = night("2026-03-31", { open: "yes", nodes: [...running, stepNode("rates", "Succeeded")] });

test("a time for inputs that is added while a night runs is that of the next night", async () => {
  const watched = await watch("2026-03-31T20:40:00Z", [inputsBy(undefined)], tonight);
  await watched.roundAt("2026-03-31T20:40:00Z");
  watched.nightwatch.intake.scheduleChanged(inputsBy("23:15 market"));
  watched.nightwatch.intake.workflowChanged(tonight);
  const restarted = new WatchedNights("2026-03-31T21:14:00Z", watched.records, watched.sent);
  await restarted.nightwatch.load();
  await restarted.list([inputsBy("23:15 market")], [tonight]);
  for (const one of [watched, restarted]) {
    expect(await one.roundAt("2026-03-31T21:16:00Z")).toEqual([]);
  }
});

test.each([
  { what: "later", text: "23:45 market" },
  { what: "earlier", text: "22:50 market" },
  { what: "to other steps", text: "23:15 rates" },
  { what: "away", text: undefined },
])("a time for inputs that is moved $what while a night runs is that of the next night", async ({ text }) => {
  const watched = await watch("2026-03-31T20:40:00Z", [inputsBy("23:15 market")], tonight);
  await watched.roundAt("2026-03-31T20:40:00Z");
  watched.nightwatch.intake.scheduleChanged(inputsBy(text));
  watched.nightwatch.intake.workflowChanged(tonight);
  expect(await watched.roundAt("2026-03-31T21:14:00Z")).toEqual([]);
  const restarted = new WatchedNights("2026-03-31T21:14:00Z", watched.records, watched.sent);
  await restarted.nightwatch.load();
  await restarted.list([inputsBy(text)], [tonight]);
  for (const one of [watched, restarted]) {
    expect(await one.roundAt("2026-03-31T21:16:00Z")).toEqual(["inputs-late 2026-03-31"]);
    expect(one.calls.at(-1)?.reason).toBe(
      "the inputs should have been in by 2026-03-31 23:15 CEST; market has not ended",
    );
  }
});
