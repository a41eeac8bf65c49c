import { describe, expect, test } from "vitest";
import { checkRetention } from "../../../../constructs/checks/check-retention.ts";
import type { Problem } from "../../../../constructs/definition/problem.ts";
import { Duration } from "../../../../constructs/index.ts";
import { testCustomer } from "../../../support/customer.ts";
import { expectProblems } from "../../../support/problems.ts";

function check(keepResults?: Duration, keepLogs?: Duration): readonly Problem[] {
  return checkRetention(
    testCustomer({
      lane: { ...(keepResults === undefined ? {} : { keepResults }), ...(keepLogs === undefined ? {} : { keepLogs }) },
    }),
  );
}

describe("checkRetention", () => {
  test("takes the defaults, and the shortest there may be", () => {
    expect(check()).toEqual([]);
    expect(check(Duration.days(14), Duration.days(7))).toEqual([]);
    expect(check(Duration.days(30), Duration.days(30))).toEqual([]);
  });

  test("refuses what is too short or no whole days, both at once", () => {
    expectProblems(
      check(Duration.days(13), Duration.hours(180)),
      {
        property: "lane.keepResults",
        received: "13 days",
        rule: "whole days, at least 14",
        fix: "write for instance Duration.days(90)",
      },
      {
        property: "lane.keepLogs",
        received: "7.5 days",
        rule: "whole days, at least 7",
        fix: "write for instance Duration.days(30)",
      },
    );
  });

  test("refuses logs that are to outlast the results", () => {
    expectProblems(check(Duration.days(20)), {
      property: "lane.keepLogs",
      received: "30 days",
      rule: "no longer than lane.keepResults, 20 days",
      fix: "write for instance Duration.days(20)",
    });
  });
});
