import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { CALENDAR_NAMES, KNOWN_DAYS, namedCalendar } from "../../../constructs/calendars/named-calendars.ts";
import { checkCalendar } from "../../../constructs/checks/check-calendar.ts";
import { checkCustomer } from "../../../constructs/checks/check-customer.ts";
import { loadCustomer } from "../../../constructs/definition/customer-files.ts";
import type { NightlyOptions, NightSchedule } from "../../../constructs/definition/schedule.ts";
import { WEEKDAYS } from "../../../runs/business-calendar.ts";
import { certificate } from "../../support/certificates.ts";
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
      ...(["calendar", "weekend", "extraHolidays", "workedDays", "halfDays", "noNight", "on"] as const),
    ];
    expect([...rows.keys()]).toEqual([...explained, ...CALENDAR_NAMES]);
    // The weekend is the calendar's, and `on` is shown with further nights.
    const shown = explained.filter((name) => name !== "weekend" && name !== "on");
    expect(shown.filter((name) => !sample.includes(`${name}:`))).toEqual([]);
  });

  test("shows a customer with further nights that the checks take", async () => {
    const [, , sample = ""] = text.split("```ts\n").map((part) => part.split("```")[0]);
    const folder = temporaryFolder();
    const library = fileURLToPath(new URL("../../../constructs/index.ts", import.meta.url));
    writeFileSync(join(folder, "seebank.ts"), sample.replace("../constructs/index.ts", library));
    writeFileSync(join(folder, "seebank.pem"), certificate("valid"));
    const definition = await loadCustomer("seebank", folder);
    expect(checkCustomer(definition)).toEqual([]);
    expect(Object.keys(definition.furtherNights)).toEqual(["intraday", "month-end"]);
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
