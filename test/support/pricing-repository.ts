import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "../farm/paths.ts";

/** A kind that no application may have: Argo CD may read pods in the customer's cluster, but the project lists none. */
const TOO_WIDE = {
  "Chart.yaml": "apiVersion: v2\nname: too-wide\nversion: 1.0.0\n",
  "templates/pod.yaml": [
    "apiVersion: v1",
    "kind: Pod",
    "metadata:",
    "  name: too-wide",
    "spec:",
    "  containers:",
    "    - name: too-wide",
    "      image: too-wide",
    "",
  ].join("\n"),
};

/**
 * The git repository that the example names, made from the example's own chart, as a bare one below `root`.
 * @param root Folder that a git server serves.
 */
export function makePricingRepository(root: string, revision: string): void {
  const work = join(root, "work");
  const charts = join(work, "charts");
  mkdirSync(charts, { recursive: true });
  cpSync(join(repositoryRoot, "examples", "pricing-engine"), join(charts, "pricing-engine"), { recursive: true });
  for (const [file, content] of Object.entries(TOO_WIDE)) {
    const path = join(charts, "too-wide", file);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, content);
  }
  const git = (...args: readonly string[]): void => {
    const identity = ["-c", "user.name=test", "-c", "user.email=test@nightlane.example"];
    execFileSync("git", [...identity, ...args], { cwd: work, stdio: "pipe" });
  };
  git("init", "--quiet", "--initial-branch=main");
  git("add", "--all");
  git("commit", "--quiet", "--message=Pricing engine");
  git("tag", revision);
  git("clone", "--quiet", "--bare", work, join(root, "apps", "pricing.git"));
}
