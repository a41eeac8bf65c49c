import { addDays, type Day } from "../../../runs/local-time.ts";
import { generateNight, type LaneStep, type Night } from "./generate-night.ts";
import type { Happenings } from "./kinds.ts";
import type { Random } from "./random.ts";

/** Business nights of a lane, Monday to Friday: the first 40 are history only. */
const NIGHTS = 84;
const FIRST_DAY: Day = "2026-01-05";

/** A lane with its nights, oldest first. */
export interface GeneratedLane {
  readonly nights: readonly Night[];
}

/** Makes up a lane: a DAG of its own, and its nights one after the other. */
export function generateLane(happens: Happenings, random: Random): GeneratedLane {
  const steps = overnight(laneSteps(happens, random), random);
  const days = businessDays();
  const versionAt = random.whole(30, 60);
  const nights: Night[] = [];
  // The nights' common noise: a night after a slow one tends to be slow too.
  let common = 0;
  for (const [index, { day, variant }] of days.entries()) {
    common = 0.6 * common + 0.02 * random.normal();
    const version = happens.newVersion === true && index >= versionAt;
    const monday = new Date(`${day}T00:00:00Z`).getUTCDay() === 1 ? (happens.mondays ?? 0) : 0;
    nights.push(
      generateNight({ steps, day, variant, index, slower: Math.exp(common) * (1 + monday), version, happens, random }),
    );
  }
  return { nights };
}

function laneSteps(happens: Happenings, random: Random): readonly LaneStep[] {
  const count = random.whole(6, 14);
  const steps = Array.from({ length: count }, (_, index): LaneStep => {
    const before = [index - 1, index - random.whole(1, 3)].filter((one) => one >= 0);
    return {
      name: `step-${index + 1}`,
      kind: index === 0 || random.isOneIn(0.2) ? "exec" : "spark",
      after: [...new Set(before)]
        .filter((_, place) => place === 0 || random.isOneIn(0.5))
        .map((one) => `step-${one + 1}`),
      seconds: 900 * Math.exp(0.8 * random.normal()),
      noise: random.between(0.02, 0.09),
      skewed: random.isOneIn(0.5),
      growth: random.between(0, happens.growth ?? 0),
      monthEnd: happens.monthEnds === true && random.isOneIn(0.6) ? random.between(1.1, 1.7) : 1,
      newVersion: happens.newVersion === true && random.isOneIn(0.4) ? random.between(0.6, 1.3) : 1,
      central: random.isOneIn(0.2),
      from: happens.missingSteps === true && index === count - 3 ? 50 : 0,
      until: happens.missingSteps === true && index === count - 2 ? 60 : NIGHTS,
      skipped: happens.missingSteps === true && random.isOneIn(0.3) ? 0.1 : 0,
    };
  });
  return happens.monthEnds === true ? [...steps, ...monthEndSteps(count)] : steps;
}

/** The same steps, so much longer or shorter that their longest way takes five to seven and a half hours. */
function overnight(steps: readonly LaneStep[], random: Random): readonly LaneStep[] {
  const ends = new Map<string, number>();
  for (const { name, after, seconds, onlyMonthEnd } of steps) {
    const start = Math.max(0, ...after.map((before) => ends.get(before) ?? 0));
    ends.set(name, start + (onlyMonthEnd === true ? 0 : seconds));
  }
  const factor = (random.between(5, 7.5) * 3600) / Math.max(...ends.values());
  return steps.map((step) => ({ ...step, seconds: step.seconds * factor }));
}

/** A step and a gate that only month-ends have. */
function monthEndSteps(count: number): readonly LaneStep[] {
  const usual = { growth: 0, monthEnd: 1, newVersion: 1, central: false, from: 0, until: NIGHTS, skipped: 0 };
  const common = { ...usual, noise: 0.05, skewed: true, onlyMonthEnd: true };
  return [
    { ...common, name: "attribution", kind: "spark", after: [`step-${count}`], seconds: 1200 },
    { ...common, name: "sign-off", kind: "gate", after: ["attribution"], seconds: 0 },
  ];
}

/** Days with their variants: the last business day of a month is one, and of a quarter another. */
function businessDays(): readonly { readonly day: Day; readonly variant: string }[] {
  const days: Day[] = [];
  for (let day = FIRST_DAY; days.length <= NIGHTS; day = addDays(day, 1)) {
    if (![0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay())) {
      days.push(day);
    }
  }
  return days.slice(0, NIGHTS).map((day, index) => {
    const isLast = day.slice(0, 7) !== days[index + 1]?.slice(0, 7);
    const endsQuarter = ["03", "06", "09", "12"].includes(day.slice(5, 7));
    return { day, variant: isLast ? (endsQuarter ? "quarter-end" : "month-end") : "regular" };
  });
}
