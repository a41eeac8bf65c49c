import { Refusal } from "../night/refusal.ts";

type Call = (this: unknown, ...given: readonly unknown[]) => unknown;

/**
 * A function that refuses more arguments than it has parameters, which JavaScript drops without a word. Parameters with
 * a default (`name = "x"`) are not counted by JavaScript: a function that files call says `name?` instead.
 * @param name As a file calls it.
 */
function refusingSurplus(name: string, call: Call): Call {
  const most = call.length;
  return new Proxy(call, {
    apply(target, self, given) {
      if (given.length > most && !isOfList(given)) {
        const takes = most === 0 ? "no argument" : most === 1 ? "one argument" : `at most ${most} arguments`;
        const rule = `${takes}: more would be dropped without a word`;
        throw new Refusal(`${given.length} arguments of ${name}`, rule, "remove what is too much");
      }
      return Reflect.apply(target, self, given);
    },
  });
}

/** Whether a list handed over an entry, with its place and the list itself: `["a", "b"].map(secretFiles)`. */
function isOfList(given: readonly unknown[]): boolean {
  const [entry, place, whole] = given;
  return given.length === 3 && Array.isArray(whole) && typeof place === "number" && whole[place] === entry;
}

/** The functions of a module, which refuse what is too much; all else of it as it is. */
export function moduleWithoutSurplus(module: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(module).map(([name, one]) => [name, isFunction(one) ? refusingSurplus(name, one) : one]),
  );
}

/** Lets the functions of a class or of its instances refuse what is too much. @param name As a file calls whose they are. */
export function refuseSurplusOf(name: string, holder: object): void {
  for (const [key, { value, ...how }] of Object.entries(Object.getOwnPropertyDescriptors(holder))) {
    if (isFunction(value)) {
      Object.defineProperty(holder, key, { ...how, value: refusingSurplus(`${name}.${key}`, value) });
    }
  }
}

/** A class is no function that a file calls. */
function isFunction(value: unknown): value is Call {
  return typeof value === "function" && !/^class\b/.test(String(value));
}
