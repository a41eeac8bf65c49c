import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { destroyJobs } from "../../../pipeline/jobs.ts";
import { readGuide } from "../../e2e/deploy-guide/guide.ts";
import { REPOSITORY } from "../../support/reached-files.ts";

/** What only a job says: where its programs are, and that nobody is asked and nothing is coloured. */
const OF_A_JOB = /(?<=^ *)node_modules\/\.bin\/| --(non-interactive|color never)\b/g;

test("docs/deploy.md removes a customer by hand as the pipeline's job does", () => {
  const [, ...script] = destroyJobs("seebank")["seebank:destroy"]?.script ?? [];
  const section = readGuide(readFileSync(join(REPOSITORY, "docs/deploy.md"), "utf8")).find(({ title }) =>
    title.startsWith("8. "),
  );
  const written = section?.blocks.flatMap(({ commands }) => commands.trimEnd().split("\n")) ?? [];
  const wanted = script.flatMap((lines) => lines.split("\n")).map((line) => line.replaceAll(OF_A_JOB, ""));
  expect(written.filter((line) => wanted.includes(line))).toEqual(wanted);
});
