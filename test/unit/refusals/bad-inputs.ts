import { apps } from "./bad-inputs/apps.ts";
import type { BadInput } from "./bad-inputs/bad-input.ts";
import { cluster } from "./bad-inputs/cluster.ts";
import { contradictions } from "./bad-inputs/contradictions.ts";
import { credentials } from "./bad-inputs/credentials.ts";
import { files } from "./bad-inputs/customer-modules.ts";
import { dates } from "./bad-inputs/dates.ts";
import { guessed } from "./bad-inputs/guesses.ts";
import { identity } from "./bad-inputs/identity.ts";
import { dropped } from "./bad-inputs/ignored-arguments.ts";
import { lane } from "./bad-inputs/lane.ts";
import { otherSteps } from "./bad-inputs/other-steps.ts";
import { refusedPods } from "./bad-inputs/refused-pods.ts";
import { schedule } from "./bad-inputs/schedule.ts";
import { sparkSettings } from "./bad-inputs/spark-settings.ts";
import { stepData } from "./bad-inputs/step-data.ts";
import { texts } from "./bad-inputs/step-texts.ts";
import { unusual } from "./bad-inputs/unusual-values.ts";
import { hopeless } from "./bad-inputs/unworkable.ts";
import { workflow } from "./bad-inputs/workflow.ts";

/** Files that must be refused, each for its one fault. */
export const BAD_INPUTS: readonly BadInput[] = [
  ...identity,
  ...cluster,
  ...credentials,
  ...lane,
  ...apps,
  ...schedule,
  ...workflow,
  ...stepData,
  ...sparkSettings,
  ...otherSteps,
  ...texts,
  ...contradictions,
  ...unusual,
  ...guessed,
  ...dropped,
  ...dates,
  ...hopeless,
  ...refusedPods,
  ...files,
];
