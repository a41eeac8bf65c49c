import { UserError } from "../../constructs/definition/problem.ts";
import { mustRun, run } from "./tool.ts";

/** One commit of a release. */
export interface Commit {
  readonly subject: string;
  readonly body: string;
  /** Paths that it changed. */
  readonly files: readonly string[];
}

/** The repository that is released. */
export class History {
  constructor(private readonly root: string) {}

  /** @throws UserError if the checkout holds what no commit has, or the version is tagged already */
  async mayRelease(version: string): Promise<void> {
    const changed = (await this.git("status", "--porcelain")).trim();
    if (changed !== "") {
      throw new UserError(
        `git status: received\n${changed.replace(/^/gm, "    ")}\n    rule: images are built from what is committed, so that a version can be built again\n` +
          "    mend: git stash --include-untracked, or commit it",
      );
    }
    const said = await run("git", ["rev-parse", "--quiet", "--verify", `refs/tags/v${version}`], { cwd: this.root });
    if (said.code === 0) {
      throw new UserError(
        `VERSION: received ${version}, and v${version} is ${said.stdout.trim().slice(0, 12)}\n    rule: a version is released once\n` +
          "    mend: choose the next one: git tag --sort=-version:refname",
      );
    }
  }

  /** The commit that is checked out. */
  async head(): Promise<string> {
    return (await this.git("rev-parse", "HEAD")).trim();
  }

  /** Tag of the last release before now, or undefined before the first. */
  async lastTag(): Promise<string | undefined> {
    const said = await run("git", ["describe", "--tags", "--abbrev=0", "--match", "v[0-9]*"], { cwd: this.root });
    return said.code === 0 ? said.stdout.trim() : undefined;
  }

  /** What was committed since a tag, newest first; everything if there is none. */
  async commitsSince(tag: string | undefined): Promise<readonly Commit[]> {
    const range = tag === undefined ? "HEAD" : `${tag}..HEAD`;
    const text = await this.git("log", "--no-merges", "--name-only", "--format=%x01%s%x00%b%x00", range);
    return text
      .split("\u0001")
      .slice(1)
      .map((entry) => {
        const [subject = "", body = "", files = ""] = entry.split("\0");
        return { subject, body: body.trim(), files: files.split("\n").filter((file) => file !== "") };
      });
  }

  /** Commits the files of a release and tags the commit with its notes. */
  async commit(version: string, files: readonly string[], notes: string): Promise<void> {
    await this.git("add", "--", ...files);
    await this.git("commit", "--quiet", "--message", `Release ${version}`, "--message", "Names its images by digest.");
    // Verbatim: a line of the notes that begins with # is a heading, and none of git's comments.
    await this.git("tag", "--annotate", `v${version}`, "--cleanup=verbatim", "--message", notes);
  }

  private async git(...args: readonly string[]): Promise<string> {
    return mustRun("git", args, { cwd: this.root });
  }
}
