import { isObject } from "../../runs/json.ts";
import { REPORTED } from "./reported.ts";

/**
 * The properties that a customer file gave, or none if it gave something else: a file is read to its end, and missing
 * values and those of the wrong kind are reported with everything else when the form is checked.
 */
export function given<T extends object>(props: T): Partial<T> {
  return isObject(props) || props === REPORTED ? props : {};
}

/** Name of the property for what was given in place of options. */
export const NO_OPTIONS = "(no options)";

/** All options that a file gave; anything that is not an object of options is kept, for the form to report. */
export function wholeOptions<T extends object>(options: T | undefined): Partial<T> {
  const isGiven = options === undefined || isObject(options) || options === REPORTED;
  return isGiven ? given(options ?? ({} as T)) : ({ [NO_OPTIONS]: options } as object);
}

/** What was given, with defaults for what was left out; unchanged if it is not an object, for the form to report. */
export function withDefaults<T extends object, Defaults extends Partial<T>>(
  props: T,
  defaults: Defaults,
): T & Required<Defaults>;
export function withDefaults(props: object, defaults: Readonly<Record<string, unknown>>): object {
  if (!isObject(props)) {
    return props;
  }
  const missing = Object.entries(defaults).filter(([name]) => props[name] === undefined);
  return { ...props, ...Object.fromEntries(missing) };
}
