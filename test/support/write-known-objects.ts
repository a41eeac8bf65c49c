import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { knownFiles } from "./known-objects.ts";

/**
 * Writes down what objects, fields and policies there are, for the rules that know nothing else. To be read in the diff,
 * line by line: what it adds is what the proof takes for harmless from then on.
 *
 *   npx tsx test/support/write-known-objects.ts
 */
const folder = fileURLToPath(new URL("../../isolation/known/", import.meta.url));
const { objects, guards, templates } = await knownFiles();
writeFileSync(`${folder}objects.json`, objects);
writeFileSync(`${folder}guards.json`, guards);
writeFileSync(`${folder}templates.json`, templates);
execFileSync("npx", ["biome", "format", "--write", folder], { stdio: "inherit" });
