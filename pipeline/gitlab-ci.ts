import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { type Fields, fields } from "../isolation/model/fields.ts";

const FILE = fileURLToPath(new URL("../.gitlab-ci.yml", import.meta.url));

/** The pipeline that GitLab begins with, as this checkout has it. */
export function gitlabCi(): Fields {
  return fields(parse(readFileSync(FILE, "utf8"), { merge: true }));
}
