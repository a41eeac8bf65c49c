import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { knownFiles } from "./known-objects.ts";

/**
 * Writes the lists of all objects, fields and policies, for the rules that know nothing else. Its diff is to be read
 * line by line: the proof accepts everything that it adds from then on.
 *
 *   npx tsx test/support/write-known-objects.ts
 */
const folder = fileURLToPath(new URL("../../isolation/known/", import.meta.url));
const { objects, guards, templates } = await knownFiles();
writeFileSync(`${folder}objects.json`, objects);
writeFileSync(`${folder}guards.json`, guards);
writeFileSync(`${folder}templates.json`, templates);
execFileSync("npx", ["biome", "format", "--write", folder], { stdio: "inherit" });
