/** Name of the property that marks an object with REPORTED's properties copied into it. */
export const REPORTED_PARTS = "(reported)";

function target(): void {
  // Only there so that REPORTED can be called and constructed.
}

/**
 * Replaces an expression that threw while a customer file was evaluated, and has been reported. Whatever the file does
 * with it yields REPORTED again, so that the rest of the file can be read and checked; no check examines it.
 */
export const REPORTED: object = new Proxy(target, {
  get(_, name) {
    switch (name) {
      case Symbol.toPrimitive:
        return () => "reported";
      case Symbol.iterator:
        return [REPORTED][Symbol.iterator].bind([REPORTED]);
      case "then":
        return undefined;
      default:
        return REPORTED;
    }
  },
  apply: () => REPORTED,
  construct: () => REPORTED,
  set: () => true,
  ownKeys: () => ["prototype", REPORTED_PARTS],
  getOwnPropertyDescriptor: (whole, name) =>
    name === REPORTED_PARTS
      ? { value: REPORTED, enumerable: true, configurable: true, writable: true }
      : Reflect.getOwnPropertyDescriptor(whole, name),
});
