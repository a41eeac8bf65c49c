import { isTaken } from "../../api/api-error.ts";
import { actAnnotation, actsOf, isNoteOf, type RecordedAct } from "../../runs/act.ts";
import { ownerOf } from "../../runs/lane-namespace.ts";
import { type NightAct, recordedAct } from "../../runs/night-act.ts";
import { furtherOnly, scheduleName, seriesName } from "../../runs/night-series.ts";
import { Refusal } from "../../runs/refusal.ts";
import { READER } from "../../runs/run-name.ts";
import type { CronWorkflow } from "../../runs/schedule.ts";
import type { Carried } from "./carried.ts";
import { requireRoom } from "./lane-room.ts";
import type { LaneWriter } from "./lane-writer.ts";
import type { RunSource } from "./start-nights.ts";

/**
 * Sets a lane's schedule off or on. That affects only the start of further nights. An act with an end time stays open until
 * then.
 * @throws Refusal
 */
export async function switchSchedule(writer: LaneWriter, act: NightAct, now: number): Promise<Carried> {
  const { namespace } = act.metadata;
  const { verb, until, pipeline } = act.spec;
  const name = seriesName({ customer: ownerOf(namespace), ...furtherOnly(act.spec) });
  const cron = await writer.schedule(namespace, scheduleName(pipeline));
  // An accepted act has had its effect, even if the schedule that has its note is gone by now.
  const wasAccepted = act.status?.phase === "Accepted";
  if (cron === undefined) {
    if (wasAccepted) {
      return { phase: "Done", message: `${name} has no schedule any more; it was off until then` };
    }
    throw new Refusal("not-found", `${verb}: ${name} has no schedule`);
  }
  const off = verb === "schedule-off";
  const isOff = cron.spec.suspend === true;
  const recorded = recordedAct(act);
  const { acts } = actsOf(cron.metadata.annotations);
  const isBegun = wasAccepted || acts.some((note) => isNoteOf(note, recorded));
  const last = acts.at(-1);
  if (isBegun && last !== undefined && !last.id.startsWith(recorded.id)) {
    return { phase: "Done", message: `${last.verb} by ${last.by} came after it` };
  }
  if (isBegun && isOff !== off && last?.id !== endOf(recorded).id) {
    return {
      phase: "Done",
      message: `it was carried out; since then something other than an act, such as a deployment, has set the schedule ${isOff ? "off" : "on"}`,
    };
  }
  if (off && until !== undefined && now >= Date.parse(until)) {
    if (!isBegun) {
      throw new Refusal("not-possible", `${verb}: --until ${until} is over`, "write a time in the future");
    }
    if (isOff) {
      await writeSwitch(writer, cron, endOf(recorded), false);
    }
    return { phase: "Done", message: `the schedule was off until ${until}; nights start by it again` };
  }
  if (!isBegun) {
    if (isOff === off) {
      throw new Refusal("not-possible", `${verb}: the schedule of ${name} is ${off ? "off" : "on"} already`);
    }
    await writeSwitch(writer, cron, recorded, off);
  }
  if (!off) {
    return { phase: "Done", message: "nights start by the schedule again" };
  }
  return until === undefined
    ? { phase: "Done", message: "no night starts by the schedule until it is set on again" }
    : { phase: "Accepted", message: `no night starts by the schedule until ${until}; then it is set on again` };
}

/** The note of the end of an act that has one. */
function endOf(act: RecordedAct): RecordedAct {
  return { ...act, id: `${act.id}-2` };
}

/** A schedule lives for years: it keeps only its newest notes; the log and the acts themselves have the others. */
const KEPT_NOTES = 20;

async function writeSwitch(writer: LaneWriter, cron: CronWorkflow, act: RecordedAct, off: boolean): Promise<void> {
  const { acts } = actsOf(cron.metadata.annotations);
  const old = acts.slice(0, Math.max(0, acts.length - KEPT_NOTES)).flatMap((one) => Object.keys(actAnnotation(one)));
  const annotations = { ...Object.fromEntries(old.map((key) => [key, null])), ...actAnnotation(act) };
  const spec = { suspend: off ? true : null };
  await writer.patchSchedule(cron, { metadata: { annotations }, spec });
}

/**
 * Starts the workflow that reads a kept log: the log of its pod is the answer.
 * @throws Refusal where the lane has no template for it, or no room
 */
export async function readKeptLog(
  writer: LaneWriter,
  act: NightAct,
  source: Pick<RunSource, "furtherSchedules">,
): Promise<Carried> {
  const { namespace } = act.metadata;
  const customer = ownerOf(namespace);
  const template = (await writer.templates(namespace)).find((name) => name.startsWith(`${READER}-`));
  if (template === undefined) {
    throw new Refusal(
      "not-possible",
      `the lane of ${customer} has no template that reads kept files`,
      `its stack was deployed by an earlier release: pulumi up --stack ${customer}`,
    );
  }
  await requireRoom(writer, namespace, source.furtherSchedules(customer), act.spec.verb);
  const { date, log, pipeline } = act.spec;
  const recorded = recordedAct(act);
  const name = `${READER}-${recorded.id}`;
  const reader = {
    name,
    template,
    parameters: {
      // The reader in a lane without further nights has no parameter for them.
      ...furtherOnly({ pipeline }),
      ...(date === undefined ? {} : { "business-date": date }),
      ...(log === undefined
        ? {}
        : { "run-number": String(log.runNumber), step: log.step, attempt: String(log.attempt) }),
    },
    annotations: actAnnotation(recorded),
    reader: true,
  };
  try {
    await writer.create(namespace, reader);
  } catch (error) {
    // It is named after the act, so this act created it earlier.
    if (!isTaken(error)) {
      throw error;
    }
  }
  return { phase: "Done", message: `${name} reads it`, nights: [name] };
}
