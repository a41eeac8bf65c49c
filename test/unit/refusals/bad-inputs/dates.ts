import { type BadInput, each, eachSpark, step } from "./bad-input.ts";

/** Values that only a night has, read while the file is evaluated. */
export const dates: readonly BadInput[] = [
  ...eachSpark(
    "args",
    [
      'night.businessDate.replaceAll("-", "")',
      "night.businessDate.slice(0, 4)",
      'night.businessDate.split("-")[0]',
      'night.businessDate.startsWith("2026") ? "a" : "b"',
      "[...night.businessDate][0]",
      "String(new Date(night.businessDate).getFullYear())",
      'new Date(night.businessDate + "T00:00:00Z").toISOString()',
      "String(Date.parse(night.businessDate))",
      'String(["2026-12-31"].includes(night.businessDate))',
      'String(new Set(["2026-12-31"]).has(night.businessDate))',
      'String(new Map([["2026-12-31", 1]]).get(night.businessDate))',
      'String({ "2026-12-31": "a" }[night.businessDate])',
      "String(Number(night.businessDate))",
      'night.businessDate > "2026-01-01" ? "a" : "b"',
      '"2026-01-01" <= night.businessDate ? "a" : "b"',
      'night.businessDate === "2026-12-31" ? "a" : "b"',
      '"--n=" + NaN',
      "String(new Date(NaN))",
    ].map((word) => `[${word}]`),
    'workflow.steps["s"].args[0]',
  ),
  ...each("steps", "", [step('switch (night.businessDate) { case "2026-12-31": night.gate("g"); }')]),
];
