import { inflateSync } from "node:zlib";

/** Output parameter of an attempt: the last lines of its log, UTF-8, packed by zlib, in base64. */
export const LOG_END_PARAMETER = "log-end";

const MOST_LINES = 40;
const MOST_CHARACTERS = 200;

/** A runner writes at most 2 KiB packed and 8,000 characters unpacked; anything larger is not a runner's. */
const MOST_PACKED = 4096;
const MOST_BYTES = 32 * 1024;

/**
 * The last lines of a failed attempt's log; undefined if the runner left none, or something else. The text is foreign:
 * control characters are replaced here too, since a runner may be compromised.
 */
export function logEnd(packed: string | undefined): readonly string[] | undefined {
  if (packed === undefined || packed === "" || packed.length > MOST_PACKED) {
    return undefined;
  }
  try {
    const text = inflateSync(Buffer.from(packed, "base64"), { maxOutputLength: MOST_BYTES }).toString();
    return text
      .split("\n")
      .slice(-MOST_LINES)
      .map((line) => printable(line).slice(0, MOST_CHARACTERS));
  } catch {
    return undefined;
  }
}

/** A line of foreign text without control characters. */
export function printable(line: string): string {
  return line.replaceAll(/[^\P{C}\t]|[\u2028\u2029]/gu, "\uFFFD");
}
