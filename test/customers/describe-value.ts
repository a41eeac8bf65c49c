import { Duration, Size } from "cdk8s";
import { Cpu } from "cdk8s-plus-27";
import { parseCertificates } from "../../constructs/definition/parse-certificates.ts";
import { cpuText, durationText, mebibytes, memoryText, millicores } from "../../constructs/night/amounts.ts";
import { Step } from "../../constructs/night/step.ts";
import { BUSINESS_DATE, RUN_NUMBER } from "../../constructs/night/tokens.ts";
import { isObject } from "../../runs/json.ts";

/**
 * Every property of a value that a file gave, one a line with its path, whatever properties there will be: what nobody
 * thought of is shown too. References are in one line: `env.PASSWORD: secretKey, name kdb, key password`.
 * @param leftOut Paths of properties that are shown elsewhere.
 */
export function describeProperties(value: object, leftOut = /^$/, at = ""): readonly string[] {
  return Object.entries(value).flatMap(([name, one]) => {
    const path = at === "" ? name : `${at}.${name}`;
    if (one === undefined || leftOut.test(path)) {
      return [];
    }
    const text = wholeText(one);
    return text === undefined ? describeProperties(one as object, leftOut, path) : [`${path}: ${text}`];
  });
}

/** What is said in one line; undefined for an object or a list whose parts have a line each. */
function wholeText(value: unknown): string | undefined {
  if (Array.isArray(value)) {
    const texts = value.map(wholeText);
    return texts.includes(undefined) ? undefined : `[${texts.join(", ")}]`;
  }
  if (!isObject(value)) {
    return scalarText(value);
  }
  if (value instanceof Step) {
    return `step ${value.name}`;
  }
  if (value instanceof Size) {
    return memoryText(mebibytes(value));
  }
  if (value instanceof Cpu) {
    return cpuText(millicores(value));
  }
  if (value instanceof Duration) {
    return durationText(value);
  }
  if (typeof value.kind === "string") {
    const { kind, ...parts } = value;
    return [kind, ...describeProperties(parts).map((line) => line.replace(": ", " "))].join(", ");
  }
  return Object.keys(value).length === 0 ? "{}" : undefined;
}

function scalarText(value: unknown): string {
  const text = String(value);
  const certificates = parseCertificates(text) ?? [];
  return certificates.length > 0
    ? certificates.map(({ fingerprint256 }) => `certificate ${fingerprint256}`).join(", ")
    : word(text);
}

/** A word as a shell would take it: what could be taken for several is quoted. */
export function word(text: string): string {
  const named = text.replaceAll(BUSINESS_DATE, "<date>").replaceAll(RUN_NUMBER, "<run>");
  return /^[^\s"'\\]+$/.test(named) ? named : JSON.stringify(named);
}
