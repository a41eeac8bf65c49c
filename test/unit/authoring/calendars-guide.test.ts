import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { CALENDAR_NAMES, KNOWN_DAYS, namedCalendar } from "../../../constructs/calendars/named-calendars.ts";
import { checkCalendar } from "../../../constructs/checks/check-calendar.ts";
import type { NightlyOptions, NightSchedule } from "../../../constructs/definition/schedule.ts";
import { WEEKDAYS } from "../../../runs/business-calendar.ts";
import { temporaryFolder } from "../../support/folders.ts";

const guide = new URL("../../../docs/calendars.md", import.meta.url);
const text = readFileSync(guide, "utf8");

/** The first cell of each row, without its backticks, and the others. */
const rows = new Map(
  [...text.matchAll(/^\| `(\w+)` \| (.+) \|$/gm)].map(([, name = "", rest = ""]) => [name, rest.split(" | ")]),
);

describe("docs/calendars.md", () => {
  test("shows a schedule that the check takes, with each property that it explains", async () => {
    const [, sample = ""] = /```ts\n(.*?)```/s.exec(text) ?? [];
    const library = new URL("../../../constructs/index.ts", import.meta.url).href;
    const file = join(temporaryFolder(), "sample.ts");
    writeFileSync(file, sample.replace('"../constructs/index.ts"', JSON.stringify(library)));
    const { schedule }: { readonly schedule: NightSchedule } = await import(pathToFileURL(file).href);
    expect(checkCalendar(schedule)).toEqual([]);

    const explained: readonly (keyof NightlyOptions)[] = [
      ...(["calendar", "weekend", "extraHolidays", "workedDays", "halfDays", "noNight"] as const),
    ];
    expect([...rows.keys()]).toEqual([...explained, ...CALENDAR_NAMES]);
    expect(explained.filter((name) => name !== "weekend" && !sample.includes(`${name}:`))).toEqual([]);
  });

  test.each(CALENDAR_NAMES)("says what %s is", (name) => {
    const { days, weekend } = namedCalendar(name) ?? { days: "", weekend: [] };
    expect(rows.get(name)).toEqual([days, weekend.map((number) => WEEKDAYS[number - 1]).join(" and ")]);
  });

  test("says which years are known", () => {
    expect(text).toContain(`the years ${KNOWN_DAYS.from.slice(0, 4)} to ${KNOWN_DAYS.to.slice(0, 4)}`);
  });

  test("names files that are there", () => {
    const named = [...text.matchAll(/`(\w+\/[\w./-]+)`/g)].map(([, path = ""]) => path);
    expect(named).not.toEqual([]);
    expect(named.filter((path) => !existsSync(fileURLToPath(new URL(`../../../${path}`, import.meta.url))))).toEqual(
      [],
    );
  });
});
