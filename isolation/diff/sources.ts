import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { centralCluster } from "../../constructs/checks/read-central.ts";
import type { CentralCluster } from "../../constructs/definition/central-cluster.ts";
import { mistake, received, UserError } from "../../constructs/definition/problem.ts";
import { versions } from "../../constructs/definition/versions.ts";
import type { Estate } from "../model/estate.ts";
import { readDist } from "../model/read-dist.ts";

const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));

/** One side of a comparison. */
export interface Side {
  /** Name of the side for people: a revision with its commit, or a folder. */
  readonly label: string;
  readonly estate: Estate;
}

/**
 * Reads one side: a folder that `cdk8s synth` wrote, a git revision, or, where neither is named, the working tree as
 * it is. A revision is rendered by its own code in a worktree of its own, and the checkout is not touched.
 * @throws UserError if the name is neither, or its code renders nothing.
 */
export function readSide(name: string | undefined): Side {
  if (name === undefined) {
    const label = "the working tree";
    return { label, estate: inScratch((scratch) => rendered(REPOSITORY, join(scratch, "dist"), label)) };
  }
  if (existsSync(join(name, "platform"))) {
    return {
      label: name,
      estate: readDist(name, { central: centralCluster(), versions: versions(), definitions: [] }),
    };
  }
  const commit = commitOf(name);
  const label = `${name} (${commit.slice(0, 10)})`;
  return { label, estate: inScratch((scratch) => fromCommit(commit, scratch, label)) };
}

function commitOf(name: string): string {
  try {
    return git("rev-parse", "--verify", "--quiet", `${name}^{commit}`).trim();
  } catch {
    throw mistake(
      `received ${received(name)}`,
      "a git revision, or a folder that cdk8s synth wrote (it has a folder platform)",
      "name for instance origin/main, or dist",
    );
  }
}

function fromCommit(commit: string, scratch: string, label: string): Estate {
  const tree = join(scratch, "tree");
  git("worktree", "add", "--quiet", "--detach", tree, commit);
  try {
    symlinkSync(join(REPOSITORY, "node_modules"), join(tree, "node_modules"), "dir");
    return rendered(tree, join(scratch, "dist"), label);
  } finally {
    git("worktree", "remove", "--force", tree);
  }
}

/** What the code in `root` renders, with the addresses of that same revision. */
function rendered(root: string, dist: string, label: string): Estate {
  const program = join("infra", "synth.ts");
  if (!existsSync(join(root, program))) {
    throw mistake(`${label}: has no ${program}`, "a revision that can be rendered", "compare with a later one");
  }
  try {
    execFileSync(process.execPath, ["--import", "tsx", program], {
      cwd: root,
      env: { ...process.env, CDK8S_OUTDIR: dist, NIGHTLANE_FOR_COMPARISON: "yes" },
      stdio: ["ignore", "ignore", "pipe"],
      encoding: "utf8",
    });
  } catch (error) {
    const reason = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : String(error);
    throw new UserError(`${label}: cannot be rendered\n${reason}`);
  }
  const central: CentralCluster = JSON.parse(readFileSync(join(root, "central.json"), "utf8"));
  return readDist(dist, { central, versions: versions(), definitions: [] });
}

function inScratch<T>(work: (scratch: string) => T): T {
  const scratch = mkdtempSync(join(tmpdir(), "nightlane-diff-"));
  try {
    return work(scratch);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function git(...args: readonly string[]): string {
  return execFileSync("git", args, { cwd: REPOSITORY, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}
