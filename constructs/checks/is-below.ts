import { isPrintable } from "../definition/printable.ts";

/** The longest name and path that file systems take, with room for the folder that a path is below. */
const LONGEST_NAME = 255;
const LONGEST_PATH = 1024;

/** Whether a path is a relative one that stays where it begins, that nobody takes apart, and that a volume can have. */
export function isBelow(path: string): boolean {
  return (
    isPrintable(path) &&
    !path.startsWith("/") &&
    !path.split("/").includes("..") &&
    !/["\\]/.test(path) &&
    path.length <= LONGEST_PATH &&
    path.split("/").every((part) => Buffer.byteLength(part) <= LONGEST_NAME) &&
    path.split("/").some((part) => part !== "" && part !== ".")
  );
}
