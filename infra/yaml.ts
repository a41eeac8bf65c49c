import type { Manifest } from "../constructs/kubernetes/manifest.ts";

type Mapping = { readonly [key: string]: Value };
type Value = string | number | boolean | null | readonly Value[] | Mapping;

/**
 * One manifest as YAML. Kubernetes' tools still read YAML 1.1, in which a bare `no` is a boolean and `06:00` a number,
 * so a string is unquoted only where no version could read it as anything else. A general serializer is not used: for a
 * thousand customers, some 27,000 files, it took longer than the synthesis itself.
 */
export function toYaml(manifest: Manifest): string {
  const lines: string[] = [];
  writeEntries(manifest as Mapping, "", "", lines);
  return `${lines.join("\n")}\n`;
}

/** The first entry follows `lead`, an indent or the dash of a list item; the others follow `indent`. */
function writeEntries(mapping: Mapping, lead: string, indent: string, lines: string[]): void {
  let before = lead;
  for (const [key, value] of Object.entries(mapping)) {
    if (value !== undefined) {
      writeValue(value, `${before}${oneLine(key)}:`, indent, lines);
      before = indent;
    }
  }
}

/** A value after `lead`, its key or dash. */
function writeValue(value: Value, lead: string, indent: string, lines: string[]): void {
  if (isList(value) && value.length > 0) {
    lines.push(lead);
    for (const item of value) {
      writeItem(item, `${indent}  `, lines);
    }
  } else if (isMapping(value) && Object.keys(value).length > 0) {
    lines.push(lead);
    writeEntries(value, `${indent}  `, `${indent}  `, lines);
  } else {
    lines.push(`${lead} ${scalar(value, indent)}`);
  }
}

function writeItem(item: Value, indent: string, lines: string[]): void {
  if (isMapping(item) && Object.keys(item).length > 0) {
    writeEntries(item, `${indent}- `, `${indent}  `, lines);
  } else {
    writeValue(item, `${indent}-`, indent, lines);
  }
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

function isMapping(value: Value): value is Mapping {
  return typeof value === "object" && value !== null && !isList(value);
}

/** A letter or slash first, so neither a number nor a date; then only characters without special meaning. */
const BARE = /^[A-Za-z/][\w./@=+,<>()&|! :-]*$/;
const ENDS_BARE = /: |[: ]$/;
const READ_AS_ANOTHER_TYPE = /^(?:y|n|yes|no|on|off|true|false|null)$/i;
const PRINTABLE = /^[\x20-\x7e]*$/;
/** Characters that JSON leaves unescaped and YAML does not: control characters, other line ends, byte order marks. */
const NOT_PRINTABLE = /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g;
const PRINTABLE_LINES = /^[\x20-\x7e\n]*$/;
const LOST_IN_A_BLOCK = /^[ \n]| \n|\n\n$/;

function scalar(value: Value, indent: string): string {
  if (typeof value !== "string") {
    return JSON.stringify(value);
  }
  if (value.endsWith("\n") && PRINTABLE_LINES.test(value) && !LOST_IN_A_BLOCK.test(value)) {
    return `|\n${indent}  ${value.slice(0, -1).replaceAll(/\n(?=[^\n])/g, `\n${indent}  `)}`;
  }
  return oneLine(value);
}

function oneLine(text: string): string {
  if (BARE.test(text) && !ENDS_BARE.test(text) && !READ_AS_ANOTHER_TYPE.test(text)) {
    return text;
  }
  if (text.includes('"') && PRINTABLE.test(text)) {
    return `'${text.replaceAll("'", "''")}'`;
  }
  return JSON.stringify(text).replaceAll(NOT_PRINTABLE, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
