import { FileRefusal } from "../night/refusal.ts";

type Call = (this: unknown, ...given: readonly unknown[]) => unknown;

/**
 * A function that refuses more arguments than it has parameters, which JavaScript drops silently. JavaScript does not
 * count parameters with a default (`name = "x"`): a function that files call declares `name?` instead.
 * @param name As a file calls it.
 */
function refusingSurplus(name: string, call: Call): Call {
  const most = call.length;
  return new Proxy(call, {
    apply(target, self, given) {
      if (given.length > most && !isOfList(given)) {
        const takes = most === 0 ? "no argument" : most === 1 ? "one argument" : `at most ${most} arguments`;
        const rule = `${takes}: more would be dropped silently`;
        throw new FileRefusal(`${given.length} arguments of ${name}`, rule, "remove the extra ones");
      }
      return Reflect.apply(target, self, given);
    },
  });
}

/** Whether a list method passed an entry, its index and the list itself: `["a", "b"].map(secretFiles)`. */
function isOfList(given: readonly unknown[]): boolean {
  const [entry, place, whole] = given;
  return given.length === 3 && Array.isArray(whole) && typeof place === "number" && whole[place] === entry;
}

/** A module whose functions refuse extra arguments; everything else unchanged. */
export function moduleWithoutSurplus(module: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(module).map(([name, one]) => [name, isFunction(one) ? refusingSurplus(name, one) : one]),
  );
}

/**
 * Makes the functions of a class or of its instances refuse extra arguments. @param name What a file calls their owner.
 */
export function refuseSurplusOf(name: string, holder: object): void {
  for (const [key, { value, ...how }] of Object.entries(Object.getOwnPropertyDescriptors(holder))) {
    if (isFunction(value)) {
      Object.defineProperty(holder, key, { ...how, value: refusingSurplus(`${name}.${key}`, value) });
    }
  }
}

/** A class is not a function that a file calls. */
function isFunction(value: unknown): value is Call {
  return typeof value === "function" && !/^class\b/.test(String(value));
}
