import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { destroyJobs } from "../../../pipeline/jobs.ts";
import { readGuide } from "../../e2e/deploy-guide/guide.ts";
import { temporaryFolder } from "../../support/folders.ts";
import { REPOSITORY } from "../../support/reached-files.ts";

/** What only a job says: where its programs are, and that nobody is asked and nothing is coloured. */
const OF_A_JOB = /(?<=^ *)node_modules\/\.bin\/| --(non-interactive|color never)\b/g;

const guide = readFileSync(join(REPOSITORY, "docs/deploy.md"), "utf8");
const section = readGuide(guide).find(({ title }) => title.startsWith("8. "));
const written = section?.blocks.flatMap(({ commands }) => commands.trimEnd().split("\n")) ?? [];

test("docs/deploy.md removes a customer by hand as the pipeline's job does", () => {
  const [, ...script] = destroyJobs("seebank")["seebank:destroy"]?.script ?? [];
  const wanted = script.flatMap((lines) => lines.split("\n")).map((line) => line.replaceAll(OF_A_JOB, ""));
  expect(written.filter((line) => wanted.includes(line))).toEqual(wanted);
});

test.each([
  ["none", ""],
  ["some", "Pulumi.seebank.yaml"],
])(
  "and leaves a checkout in which the next commit does not put the customer back, with %s settings of its stack",
  (_, settings) => {
    const checkout = temporaryFolder();
    const files = [
      "customers/seebank.ts",
      "customers/seebank.pem",
      "test/customers/seebank.snap",
      "customers/stays.ts",
    ];
    for (const file of [...files, ...(settings === "" ? [] : [settings])]) {
      mkdirSync(dirname(join(checkout, file)), { recursive: true });
      writeFileSync(join(checkout, file), file);
    }
    const [removed = ""] = written.filter((line) => line.startsWith("git rm "));
    const onFiles = written.filter((line) => /^(last=|(git|rm) (?!push|.*~\/nightlane))/.test(line));
    const script = [
      "git init --quiet && git add . && git commit --quiet --message Add",
      ...onFiles.map((line) => (line === removed ? `${line} ${settings}` : line)),
      "git status --porcelain",
    ];
    const at = script.findIndex((line) => line.startsWith("git checkout ")) + 1;
    // As `pulumi stack rm` does.
    const all = [...script.slice(0, at), "rm -f Pulumi.seebank.yaml", ...script.slice(at)];
    const who = ["AUTHOR", "COMMITTER"].flatMap((role) => [
      [`GIT_${role}_NAME`, "test"],
      [`GIT_${role}_EMAIL`, "test@example.com"],
    ]);
    const env = { ...process.env, ...Object.fromEntries(who) };
    const status = execFileSync("bash", ["-ec", all.join("\n")], { cwd: checkout, encoding: "utf8", env });
    expect(status).toBe("");
    expect(readdirSync(join(checkout, "customers"))).toEqual(["stays.ts"]);
  },
);
