import { parse } from "yaml";
import { type Fields, fields, text } from "./fields.ts";

/**
 * One of the Argo controller's settings: a YAML document inside a ConfigMap. What is not YAML counts as its one, odd
 * field.
 */
export function settingOf(value: unknown): Fields {
  const document = text(value);
  try {
    return document === undefined ? {} : fields(parse(document));
  } catch {
    return { "(no YAML)": document };
  }
}
