import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Problem } from "../../constructs/definition/problem.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));

/** Whether the customer matches its reviewed snapshot, by the same test as `npm test`, for this customer alone. */
export async function snapshotProblems(name: string): Promise<readonly Problem[]> {
  const snapshot = `test/customers/${name}.snap`;
  const update = `npm test -- test/customers -t "${name} is as reviewed" --update`;
  if (!existsSync(join(repository, snapshot))) {
    const rule = "a snapshot of the file's result, reviewed and committed with it";
    return [{ property: snapshot, received: "nothing", rule, fix: "npm test -- test/customers writes it" }];
  }
  const { status, output } = await runTest(name);
  if (status !== 0 && !/^\s*Tests\s/m.test(output)) {
    return [
      {
        property: snapshot,
        received: `no comparison: vitest did not start (${/^.*Error: .*$/m.exec(output)?.[0].trim() ?? "it printed nothing"})`,
        rule: "a comparison with the reviewed snapshot",
        fix: "npm ci with Node 20.19 or newer: an older npm leaves out packages that vitest needs",
      },
    ];
  }
  const changed = output.split("\n").filter((line) => /^\s*[-+] {2}/.test(line));
  return status === 0
    ? []
    : [
        {
          property: snapshot,
          received:
            changed.length === 0 ? "a customer other than the file's" : changed.map((line) => line.trim()).join(" | "),
          rule: "the file's result, as reviewed",
          fix: `${update}, then review the difference with git diff and commit both`,
        },
      ];
}

async function runTest(name: string): Promise<{ readonly status: number | null; readonly output: string }> {
  const vitest = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");
  const only = ["run", "--project", "unit", "--reporter", "dot", "test/customers", "-t", `${name} is as reviewed`];
  // In CI vitest writes no snapshot, and without colours the difference can be read from its output.
  const env = { ...process.env, CI: "true", NO_COLOR: "1", FORCE_COLOR: undefined };
  const child = spawn(process.execPath, [vitest, ...only], { cwd: repository, env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const status = await new Promise<number | null>((resolve, reject) =>
    child.once("error", reject).once("close", resolve),
  );
  return { status, output };
}
