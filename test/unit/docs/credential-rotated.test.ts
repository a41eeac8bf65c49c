import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readGuide } from "../../e2e/deploy-guide/guide.ts";
import { temporaryFolder } from "../../support/folders.ts";
import { REPOSITORY } from "../../support/reached-files.ts";

/** The block of docs/deploy.md that revokes the first token. */
const revocation = readGuide(readFileSync(join(REPOSITORY, "docs/deploy.md"), "utf8"))
  .find(({ title }) => title.endsWith("A credential is rotated"))
  ?.blocks.map(({ commands }) => commands)
  .find((commands) => commands.includes("delete secret nightlane-1"));

/** Types the block where the lane has `deployed` and the new file is `issued`. */
function revoke(deployed: string, issued: string) {
  const home = temporaryFolder();
  mkdirSync(join(home, "nightlane"));
  writeFileSync(join(home, "nightlane", "seebank.kubeconfig"), issued);
  const data = Buffer.from(deployed).toString("base64");
  const stubs = `kubectl() { printf %s ${data}; }; customer() { echo "revoked: $*"; }`;
  const { status, stdout } = spawnSync("bash", ["-c", `${stubs}\n${revocation}`], {
    encoding: "utf8",
    env: { PATH: process.env.PATH, HOME: home },
  });
  return { status, stdout };
}

test("the first token is revoked where the second one is deployed, as GitLab's variable may end its lines", () => {
  for (const deployed of ["token: second\n", "token: second", "token: second\r\n"]) {
    expect(revoke(deployed, "token: second\n")).toEqual({ status: 0, stdout: "revoked: delete secret nightlane-1\n" });
  }
});

test("it stays where the lane still has it, and neither token is shown", () => {
  const { status, stdout } = revoke("token: first\n", "token: second\n");
  expect(status).toBe(1);
  expect(stdout).toMatch(/^Files - and \S+\/seebank\.kubeconfig differ\n$/);
});
