import { TOLD } from "./told.ts";

/** Whether a value is an object with properties. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * The properties that a customer file gave, or none if it gave something else: a file is read to its end, and what is
 * missing or of the wrong kind is reported with everything else when the form is checked.
 */
export function given<T extends object>(props: T): Partial<T> {
  return isObject(props) || props === TOLD ? props : {};
}

/** Name under which stands what was given in the place of options. */
export const NO_OPTIONS = "(no options)";

/** The options that a file gave, all of them; what is no options stays in them, for the form to report. */
export function wholeOptions<T extends object>(options: T | undefined): Partial<T> {
  const isGiven = options === undefined || isObject(options) || options === TOLD;
  return isGiven ? given(options ?? ({} as T)) : ({ [NO_OPTIONS]: options } as object);
}

/** What was given, with defaults for what was left out; unchanged if it is no object, for the form to report. */
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
