import { actAnnotation } from "../../runs/act.ts";
import { type NightAct, recordedAct } from "../../runs/night-act.ts";
import { Refusal } from "../../runs/refusal.ts";
import { NIGHT_SCHEDULE } from "../../runs/run-name.ts";
import { customerOf } from "../lane.ts";
import type { Carried } from "./carry-out.ts";
import type { LaneWriter } from "./lane-writer.ts";

/**
 * Takes a lane's schedule off, or sets it on again. What it stops is only the start of further nights. One that is off
 * until a time is carried on until then.
 * @throws Refusal
 */
export async function switchSchedule(writer: LaneWriter, act: NightAct, now: number): Promise<Carried> {
  const { namespace } = act.metadata;
  const { verb, until } = act.spec;
  const customer = customerOf(namespace) ?? namespace;
  const cron = await writer.schedule(namespace, NIGHT_SCHEDULE);
  if (cron === undefined) {
    throw new Refusal("not-found", `${verb}: the lane of ${customer} has no schedule`);
  }
  const off = verb === "schedule-off";
  const isOff = cron.spec.suspend === true;
  const annotations = actAnnotation(recordedAct(act));
  const isNoted = Object.keys(annotations).every((key) => cron.metadata.annotations?.[key] !== undefined);
  if (!isNoted && isOff === off) {
    throw new Refusal("not-possible", `${verb}: the schedule of ${customer} is ${off ? "off" : "on"} already`);
  }
  if (off && until !== undefined && now >= Date.parse(until)) {
    if (isOff) {
      await writer.patchSchedule(namespace, NIGHT_SCHEDULE, { metadata: { annotations }, spec: { suspend: null } });
    }
    return { phase: "Done", message: `the schedule was off until ${until}; nights start by it again` };
  }
  if (!isNoted) {
    const spec = { suspend: off ? true : null };
    await writer.patchSchedule(namespace, NIGHT_SCHEDULE, { metadata: { annotations }, spec });
  }
  if (!off) {
    return { phase: "Done", message: "nights start by the schedule again" };
  }
  return until === undefined
    ? { phase: "Done", message: "no night starts by the schedule until somebody sets it on again" }
    : { phase: "Accepted", message: `no night starts by the schedule until ${until}; then it is set on again` };
}

/**
 * Starts the workflow that reads a kept log for a person, whose pod's log is what was asked for.
 * @throws Refusal where the lane has no template for it
 */
export async function readKeptLog(writer: LaneWriter, act: NightAct): Promise<Carried> {
  const { namespace } = act.metadata;
  const customer = customerOf(namespace) ?? namespace;
  const template = (await writer.templates(namespace)).find((name) => name.startsWith("reader-"));
  if (template === undefined) {
    throw new Refusal(
      "not-possible",
      `the lane of ${customer} has no template that reads kept files`,
      `its stack was deployed by an earlier release: pulumi up --stack ${customer}`,
    );
  }
  const { date, log } = act.spec;
  const name = await writer.create(namespace, {
    name: { prefix: "reader-" },
    template,
    parameters: {
      ...(date === undefined ? {} : { "business-date": date }),
      ...(log === undefined
        ? {}
        : { "run-number": String(log.runNumber), step: log.step, attempt: String(log.attempt) }),
    },
    annotations: actAnnotation(recordedAct(act)),
    reader: true,
  });
  return { phase: "Done", message: `${name} reads it`, nights: [name] };
}
