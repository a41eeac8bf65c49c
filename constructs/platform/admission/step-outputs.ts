import { quoted } from "./cel.ts";

/** An output parameter that a step of a lane may report, in the form that it has. */
export interface StepOutput {
  readonly name: string;
  /** Regular expression of all its values. */
  readonly form: string;
  /** Longest value, in characters. */
  readonly longest: number;
  /** Whether the whole night sees it, for its exit handler. @default false */
  readonly isGlobal?: boolean;
}

const YES_OR_NO = "^(yes|no)$";
const PERCENT = "^[0-9]{0,3}$";

/**
 * All output parameters of a lane's templates; test/unit/constructs/platform/step-outputs.test.ts holds them to each other. Not among them:
 * the decision of a waiting node, which comes from nightwatch and never from a pod.
 */
export const STEP_OUTPUTS: readonly StepOutput[] = [
  { name: "business-date", form: "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", longest: 10, isGlobal: true },
  { name: "open", form: YES_OR_NO, longest: 3, isGlobal: true },
  { name: "variant", form: "^(regular|month-end|quarter-end)$", longest: 11, isGlobal: true },
  { name: "half-day", form: YES_OR_NO, longest: 3, isGlobal: true },
  // Names of holidays in any language, and of a day's two lists.
  { name: "reason", form: "^[^{}\\p{C}\\p{Zl}\\p{Zp}]*$", longest: 200, isGlobal: true },
  // All steps, or the names of some of the night's, of at most 40 characters.
  { name: "anew", form: "^(all|,([a-z0-9-]+,)+)$", longest: 20_480 },
  { name: "credential-ends", form: "^([a-z]+=[0-9TZ:-]+ ?)*$", longest: 200 },
  // JSON of a few files' names and hashes.
  { name: "results", form: '^([{]"sha256": ?"[0-9a-f]{64}"[\\x20-\\x7e]*[}])?$', longest: 16_384 },
  // Packed, in base64.
  { name: "log-end", form: "^[A-Za-z0-9+/=]*$", longest: 4096 },
  { name: "lane-used", form: PERCENT, longest: 3 },
  { name: "customer-used", form: PERCENT, longest: 3 },
];

/** CEL over a parameter `p`: it is this output. The length comes first: a form is only held against what is short. */
export function plainOutput({ name, form, longest, isGlobal }: StepOutput): string {
  const global = isGlobal === true ? `p.?globalName.orValue(${quoted(name)}) == ${quoted(name)}` : "!has(p.globalName)";
  return [
    `(p.name == ${quoted(name)}`,
    // A step that failed before it wrote its files reports what its template declares, without values.
    `(has(p.value) ? (size(string(p.value)) <= ${longest} && string(p.value).matches(${quoted(form)}) && !string(p.value).contains('{{')) : has(p.valueFrom))`,
    `${global}`,
    `(!has(p.valueFrom) || (dyn(p.valueFrom).all(field, field in ['path', 'default']) && p.valueFrom.?path.orValue('') == ${quoted(`/tmp/outputs/${name}`)} && string(p.valueFrom.?default.orValue('')) == '')))`,
  ].join(" && ");
}
