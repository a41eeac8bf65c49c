import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const repository = fileURLToPath(new URL("../../..", import.meta.url));

/** Runs a command line as npm does. */
function run(cli: string, ...args: readonly string[]): { readonly status: number | null; readonly output: string } {
  const tsx = join(repository, "node_modules/.bin/tsx");
  const { status, stdout, stderr } = spawnSync(tsx, [join("authoring", cli), ...args], {
    cwd: repository,
    encoding: "utf8",
  });
  return { status, output: `${stdout}${stderr}` };
}

describe("npm run dag", () => {
  test("prints the night of a customer", () => {
    const { status, output } = run("dag/cli.ts", "nordbank");
    expect(status).toBe(0);
    expect(output).toMatch(/^Nordbank AG: .*after market/s);
  });

  test("tells a mistake without a stack", () => {
    const { status, output } = run("dag/cli.ts", "nobody");
    expect(status).toBe(1);
    expect(output).toMatch(
      /^customers\/nobody\.ts: 1 problem\n {2}\(file\): received .*\n {4}rule: .*\n {4}fix: use one of /,
    );
    expect(output).not.toMatch(/^\s+at /m);
  });
});

describe("npm run new-customer", () => {
  test("refuses who is there already", () => {
    const { status, output } = run("new-customer-cli.ts", "nordbank");
    expect(status).toBe(1);
    expect(output).toMatch(/^customers\/nordbank\.ts: exists already\n/);
  });
});

describe("npm run check", () => {
  test("has examples in its help", () => {
    const { status, output } = run("check/cli.ts", "--help");
    expect(status).toBe(0);
    expect(output).toContain("npm run check -- seebank");
  });

  test("finds a customer of the repository ready, its snapshot included", () => {
    const { status, output } = run("check/cli.ts", "nordbank");
    expect(output).toMatch(
      /^customers\/nordbank\.ts\n {2}checks +ok\n {2}types +ok\n.*snapshot +as reviewed\n {2}ready for review\n$/s,
    );
    expect(status).toBe(0);
  });

  test("ends with 1 where something is to do", () => {
    const { status, output } = run("check/cli.ts", "nordbnak");
    expect(output).toMatch(/use nordbank.*1 thing to do/s);
    expect(status).toBe(1);
  });
});
