import { readFileSync, writeFileSync } from "node:fs";
import { runCommand } from "../farm/command.ts";
import { succeeded } from "../farm/deploy/pulumi.ts";
import { stepDocuments } from "./step-documents.ts";

/**
 * Writes into `runs/contract.json` the documents that runners now get: `npx tsx test/support/write-step-documents.ts`.
 * The runner reads them in its own tests; the difference is what a reviewer of both sides reads.
 */
const root = new URL("../../", import.meta.url).pathname;
const file = `${root}runs/contract.json`;
process.env.NIGHTLANE_IMAGES = `${root}test/support/images.json`;
const contract = { ...JSON.parse(readFileSync(file, "utf8")), stepDocuments: stepDocuments() };
writeFileSync(file, `${JSON.stringify(contract, undefined, 2)}\n`);
succeeded(await runCommand(`${root}node_modules/.bin/biome`, ["format", "--write", file], { cwd: root, env: {} }));
