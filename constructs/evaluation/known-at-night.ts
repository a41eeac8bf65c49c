import { FileRefusal } from "../night/refusal.ts";
import { BUSINESS_DATE } from "../night/tokens.ts";

/** Why a file cannot know its night's date, and what to do instead. */
export const KNOWN_AT_NIGHT = {
  rule: "a date that only the night knows: while the file is read, it is a placeholder",
  fix: "pass it to the program, which cuts or compares it; on: of the schedule and when: of a step choose days",
} as const;

/** Methods that return the date unchanged. */
const HARMLESS: readonly unknown[] = ["constructor", "toString", "valueOf", "concat"];

/** Makes methods that would look into the business date's placeholder refuse. */
export function refuseReadingDate(): void {
  for (const name of Reflect.ownKeys(String.prototype).filter((one) => !HARMLESS.includes(one))) {
    refuse(String.prototype, name, (self) => self === BUSINESS_DATE);
  }
  const holders = [Array.prototype, Set.prototype, Map.prototype];
  for (const holder of holders) {
    for (const name of ["includes", "indexOf", "has", "get"]) {
      refuse(holder, name, (_, [given]) => given === BUSINESS_DATE);
    }
  }
  refuse(Date, "parse", (_, [given]) => String(given).includes(BUSINESS_DATE));
  globalThis.Date = new Proxy(Date, {
    construct(date, given, made) {
      if (given.length > 0 && String(given[0]).includes(BUSINESS_DATE)) {
        throw refusal("new Date(night.businessDate)");
      }
      return Reflect.construct(date, given, made);
    },
  });
}

function refuse(
  holder: object,
  name: PropertyKey,
  isRead: (self: unknown, given: readonly unknown[]) => boolean,
): void {
  const { value, ...how } = Object.getOwnPropertyDescriptor(holder, name) ?? {};
  if (typeof value !== "function") {
    return;
  }
  const refusing = new Proxy(value, {
    apply(target, self, given) {
      if (isRead(self, given)) {
        throw refusal(`night.businessDate, passed to ${String(name)}`);
      }
      return Reflect.apply(target, self, given);
    },
  });
  Object.defineProperty(holder, name, { ...how, value: refusing });
}

function refusal(received: string): FileRefusal {
  return new FileRefusal(received, KNOWN_AT_NIGHT.rule, KNOWN_AT_NIGHT.fix);
}
