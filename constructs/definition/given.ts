import { TOLD } from "./told.ts";

/** Whether a value is an object that holds properties. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * The properties that a customer file gave, none where it gave something else: a file is read to its end, and what is
 * missing or of a wrong kind is reported with all the rest when it is held against its form.
 */
export function given<T extends object>(props: T): Partial<T> {
  return isObject(props) || props === TOLD ? props : {};
}

/** What was given, with defaults for what was left out; unchanged where it holds no properties, for the form to report. */
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
