import type { Situation } from "../situation.ts";
import { LANE_SITUATIONS } from "./lanes.ts";
import { NIGHT_SITUATIONS } from "./nights.ts";
import { PLATFORM_SITUATIONS } from "./platform.ts";
import { STEP_SITUATIONS } from "./steps.ts";

/** All situations in which the rules are tried. */
export const SITUATIONS: readonly Situation[] = [
  ...NIGHT_SITUATIONS,
  ...STEP_SITUATIONS,
  ...LANE_SITUATIONS,
  ...PLATFORM_SITUATIONS,
];
