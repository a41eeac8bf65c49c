import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCommand } from "../farm/command.ts";
import { repositoryRoot } from "../farm/paths.ts";
import { temporaryFolder } from "../support/folders.ts";

test("the README's way to a platform without the demo finds a stack to deploy", async () => {
  const readme = readFileSync(join(repositoryRoot, "README.md"), "utf8");
  const [, command = ""] =
    /`(\(eval "\$\(make -s farm-env\)" && pulumi up --stack platform --yes\))`/.exec(readme) ?? [];
  expect(command).not.toBe("");
  // Deploying takes a farm; what is missing before the first deployment is the stack.
  const asking = command.replace("pulumi up --stack platform --yes", "pulumi stack export --stack platform");
  const result = await runCommand("bash", ["-c", asking], {
    cwd: repositoryRoot,
    env: { ...process.env, NIGHTLANE_FARM: join(temporaryFolder(), "farm") },
  });
  expect(result.output).not.toContain("no stack named");
  expect(JSON.parse(result.stdout)).toMatchObject({ version: 3 });
});
