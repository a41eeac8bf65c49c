import { LOG_END_PARAMETER } from "../../runs/log-end.ts";
import type { Parameter } from "./argo.ts";

/** An output parameter that a pod of a lane reports, in the form that it has. */
export interface StepOutput {
  readonly name: string;
  /** Regular expression of all its values. */
  readonly form: string;
  /** Longest value, in characters. */
  readonly longest: number;
  /** Whether the whole night sees it, for its exit handler. @default false */
  readonly isGlobal?: boolean;
  /** Whether a pod may leave its file out: it is then empty. @default false */
  readonly isOptional?: boolean;
}

const YES_OR_NO = "^(yes|no)$";
/** Of a volume, in whole percent; empty where it could not be checked. */
const PERCENT = { form: "^[0-9]{0,3}$", longest: 3, isOptional: true } as const;

const OUTPUTS = [
  { name: "business-date", form: "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", longest: 10, isGlobal: true },
  { name: "open", form: YES_OR_NO, longest: 3, isGlobal: true },
  { name: "variant", form: "^(regular|month-end|quarter-end)$", longest: 11, isGlobal: true },
  { name: "half-day", form: YES_OR_NO, longest: 3, isGlobal: true },
  // Names of holidays in any language, and of a day's two lists.
  { name: "reason", form: "^[^{}\\p{C}\\p{Zl}\\p{Zp}]*$", longest: 200, isGlobal: true },
  // All steps, or the names of some of the night's, of at most 40 characters.
  { name: "anew", form: "^(all|,([a-z0-9-]+,)+)$", longest: 20_480 },
  // For nightwatch; no task reads it. Absent where the credential cannot be read.
  { name: "credential-ends", form: "^([a-z]+=[0-9TZ:-]+ ?)*$", longest: 200, isOptional: true },
  // JSON of the names and hashes of a few files that the step brought to the lane, for the run record; none where it failed.
  {
    name: "results",
    form: '^([{]"sha256": ?"[0-9a-f]{64}"[\\x20-\\x7e]*[}])?$',
    longest: 16_384,
    isOptional: true,
  },
  // The last lines of an attempt that failed, packed, in base64, for the run record. No task takes it.
  { name: LOG_END_PARAMETER, form: "^[A-Za-z0-9+/=]*$", longest: 4096, isOptional: true },
  { name: "lane-used", ...PERCENT },
  { name: "customer-used", ...PERCENT },
] as const satisfies readonly StepOutput[];

type OutputName = (typeof OUTPUTS)[number]["name"];

/**
 * All output parameters of a lane's templates, which declare them, and admission lets no other in. Not among them: the
 * decision of a waiting node, which comes from nightwatch and never from a pod.
 */
export const STEP_OUTPUTS: readonly StepOutput[] = OUTPUTS;

/** Where a pod of a lane writes the value of an output parameter. */
export function outputFile(name: string): string {
  return `/tmp/outputs/${name}`;
}

/** Output parameters as a template declares them. */
export function outputsOf(...names: readonly OutputName[]): { parameters: Parameter[] } {
  const wanted: readonly string[] = names;
  const parameters = STEP_OUTPUTS.filter(({ name }) => wanted.includes(name)).map(({ name, isGlobal, isOptional }) => ({
    name,
    ...(isGlobal === true && { globalName: name }),
    valueFrom: { path: outputFile(name), ...(isOptional === true && { default: "" }) },
  }));
  return { parameters };
}
