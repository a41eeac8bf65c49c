import { isPrintable } from "../definition/printable.ts";

/** Whether a path is a relative one that stays where it begins, and that nobody takes apart. */
export function isBelow(path: string): boolean {
  return (
    isPrintable(path) &&
    !path.startsWith("/") &&
    !path.split("/").includes("..") &&
    !/["\\]/.test(path) &&
    path.split("/").some((part) => part !== "" && part !== ".")
  );
}
