import { isPrintable } from "../definition/printable.ts";

/** The longest name and path that file systems take, with room for the folder that a path is below. */
const LONGEST_NAME = 255;
const LONGEST_PATH = 1024;

/** Whether a path is relative, stays below its folder, needs no quoting, and can exist on a volume. */
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
