import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { LABELLED_NIGHT, LABELLED_NIGHTS, LABELLED_STEP } from "../../constructs/platform/alerts/alert-rules.ts";
import { TemporaryFolder } from "../api/support.ts";
import { ensureTools } from "../farm/tools/ensure.ts";
import { silentReporter } from "../farm/tools/reporter.ts";
import { parseCommandLine } from "../unit/ops/support/command-line.ts";
import { alertRules } from "./alert-rules.ts";
import { loosened, weakened } from "./mutations.ts";
import { Promtool, type RecordedTimeline } from "./promtool.ts";
import { type AlertRule, type RuleGroup, ruleGroups, synthesizeWithOperator } from "./rules.ts";
import { nameOf, passed, ruleOf, type Situation } from "./situation.ts";
import { CUSTOMER, EVENING, evening, failed, night } from "./situations/lane.ts";
import { SITUATIONS } from "./situations/situations.ts";
import { noteSituations } from "./tally.ts";
import { Timeline } from "./timeline.ts";

/** Every rule that calls somebody. */
const RULES = alertRules().map(nameOf);

let folder: TemporaryFolder;
let promtool: Promtool;
let groups: readonly RuleGroup[];

beforeAll(async () => {
  folder = new TemporaryFolder();
  promtool = new Promtool((await ensureTools(["promtool"], silentReporter)).promtool, folder);
  groups = ruleGroups(await synthesizeWithOperator(folder));
});

afterAll(() => folder?.remove());

describe("the rules", () => {
  test("are accepted by Prometheus", async () => {
    expect(groups.map(({ name }) => name)).toEqual(["nights", "platform"]);
    expect(await promtool.complaintOf(groups)).toBeUndefined();
  });

  test.each([CUSTOMER, `${CUSTOMER}/month-end`])("name a command that nightlane takes, of %s", async (nights) => {
    for (const { annotations } of groups.flatMap(({ rules }) => rules)) {
      const command = (annotations.command ?? "nightlane nights")
        .replace(LABELLED_NIGHTS, nights)
        .replace(LABELLED_STEP, "sign-off")
        .replace(LABELLED_NIGHT, "night-1774989000");
      if (!command.startsWith("kubectl ")) {
        await expect(parseCommandLine(command), command).resolves.toBeUndefined();
      }
    }
  });

  test("read what nightwatch exports in Prometheus' form", async () => {
    const timeline = new Timeline(EVENING);
    await evening(timeline, night({ nodes: failed(30) }));
    await timeline.pass(1);
    expect(await promtool.complaintOfMetrics(timeline.nightwatch.metrics())).toBeUndefined();
  });
});

describe.each([
  { restarts: false, how: "in one life of nightwatch" },
  { restarts: true, how: "while nightwatch is restarted again and again" },
])("a person is called exactly for what must be, $how", ({ restarts }) => {
  const tried = SITUATIONS.filter(({ survivesRestarts = true }) => survivesRestarts || !restarts);

  test.each(tried)(
    "$title",
    async (situation) => {
      const { timeline, notSent } = await passed(situation, restarts);
      expect(await promtool.differences(groups, [timeline])).toBeUndefined();
      // Nightwatch calls by itself for each of them, where there is no Prometheus.
      expect(notSent).toEqual([]);
      // promtool has compared them one by one.
      const count = timeline.calls.reduce((sum, { times = 1, dates = 1 }) => sum + times * dates, 0);
      noteSituations(inject("tally"), { situations: 1, expected: count, received: count, false: 0 });
    },
    600_000,
  );
});

describe("no rule can be removed, or made to call more or less, without a timeline that differs", () => {
  const recordings = new Map<Situation, Promise<RecordedTimeline>>();
  const recordingOf = (situation: Situation): Promise<RecordedTimeline> => {
    const known = recordings.get(situation) ?? passed(situation, false).then(({ timeline }) => timeline);
    recordings.set(situation, known);
    return known;
  };

  /** Whether the calls of a rule differ in a situation where another one replaces it. */
  async function differs(situation: Situation, name: string, rule: AlertRule | undefined): Promise<boolean> {
    const { alive: _, ...timeline } = await recordingOf(situation);
    const calls = timeline.calls.filter((call) => ruleOf(call) === name);
    const left = [{ name: "left", rules: rule === undefined ? [] : [rule] }];
    return (await promtool.differences(left, [{ ...timeline, calls }]))?.includes("got:") ?? false;
  }

  test.each(RULES)("%s", async (name) => {
    const rule = groups.flatMap(({ rules }) => rules).find((one) => nameOf(one) === name);
    const calls = SITUATIONS.filter((situation) => situation.calls?.some((call) => ruleOf(call) === name));
    const nearly = SITUATIONS.filter((situation) => situation.nearly?.includes(name));
    const unnoticed: string[] = [];
    for (const { what, rule: left } of rule === undefined ? [] : [...weakened(rule), ...loosened(rule)]) {
      let noticed = false;
      for (const situation of [...calls, ...nearly]) {
        noticed ||= await differs(situation, name, left);
      }
      if (!noticed) {
        unnoticed.push(what);
      }
    }
    expect(unnoticed).toEqual([]);
  });
});
