import { describe, expect, test } from "vitest";
import {
  isSameSeries,
  pipelineOfRun,
  pipelineOfSchedule,
  pipelineOfTemplate,
  scheduleName,
  seriesName,
  seriesOf,
} from "../../../runs/night-series.ts";
import { remoteJobName } from "../../../runs/remote-job.ts";
import { runName } from "../../../runs/run-name.ts";

const HASH = "0123456789";
const SCHEDULE = { start: "22:30", timezone: "Europe/Berlin" };

/** Names that could be taken for a date, a number, a hash or another schedule. */
const FURTHER = ["month-end", "intraday", "w2", "run", "night", "reaper", "abcdefabcd", "a-b-c", "x2026-x11"];

describe("a series of nights", () => {
  test.each(["nordbank", "nordbank/month-end"])("is called %s", (name) => {
    expect(seriesName(seriesOf(name))).toBe(name);
  });

  test("is the nightly one where no other is named", () => {
    expect(seriesName({ customer: "nordbank", pipeline: "night" })).toBe("nordbank");
    expect(isSameSeries({ customer: "nordbank" }, { customer: "nordbank", pipeline: "night" })).toBe(true);
    expect(isSameSeries({ customer: "nordbank" }, { customer: "nordbank", pipeline: "month-end" })).toBe(false);
  });

  test.each(["night", ...FURTHER.filter((name) => name !== "night")])(
    "%s is known by its schedule, its template and its runs",
    (pipeline) => {
      const schedule = scheduleName(pipeline);
      const first = runName({ pipeline }, SCHEDULE, "2026-11-30", 1);
      const second = runName({ pipeline }, SCHEDULE, "2026-11-30", 2);
      const unscheduled = runName({ pipeline }, undefined, "2026-11-30", 1);
      expect([
        pipelineOfSchedule(schedule),
        pipelineOfTemplate(`${schedule}-${HASH}`),
        pipelineOfRun(first),
        pipelineOfRun(second),
        pipelineOfRun(unscheduled),
      ]).toEqual(Array.from({ length: 5 }, () => pipeline));
    },
  );

  test("the nightly one has the names that it had when it was the only one", () => {
    expect(scheduleName()).toBe("night");
    expect(runName({}, SCHEDULE, "2026-11-30", 1)).toBe("night-1796074200");
    expect(runName({}, SCHEDULE, "2026-11-30", 2)).toBe("night-2026-11-30-run-2");
  });

  test("two of one date have other names, and other Jobs for steps of one name", () => {
    const names = ["night", ...FURTHER].flatMap((pipeline) =>
      [1, 2].map((number) => runName({ pipeline }, SCHEDULE, "2026-11-30", number)),
    );
    // `night` is refused as a name of further nights: it is that of the nightly ones.
    expect(new Set(names).size).toBe(names.length - 2);
    const jobs = ["night", "month-end"].map((pipeline) =>
      remoteJobName(
        { customer: "nordbank", pipeline, businessDate: "2026-11-30", variant: "month-end", number: 1 },
        "report",
        1,
      ),
    );
    expect(jobs[0]).not.toBe(jobs[1]);
  });

  test("other schedules and templates are none", () => {
    expect(pipelineOfSchedule("reaper")).toBeUndefined();
    expect(pipelineOfSchedule("night-1796074200")).toBeUndefined();
    expect(pipelineOfTemplate(`night-${HASH}`)).toBe("night");
    expect(pipelineOfRun("night-of-another-name")).toBe("night");
  });
});
