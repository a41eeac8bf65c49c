import { mistake } from "../../constructs/definition/problem.ts";
import { lastWords, mustRun, run } from "./tool.ts";

/** One commit of a release. */
export interface Commit {
  readonly subject: string;
  readonly body: string;
  /** Paths that it changed. */
  readonly files: readonly string[];
}

/** The repository of a release. */
export class History {
  constructor(private readonly root: string) {}

  /**
   * @throws UserError if git does not know the committer, the checkout has uncommitted changes, or the version is
   * already tagged
   */
  async mayRelease(version: string): Promise<void> {
    await this.mustKnowWhoCommits();
    const changed = (await this.git("status", "--porcelain")).trim();
    if (changed !== "") {
      throw mistake(
        `git status: received\n${changed.replace(/^/gm, "    ")}`,
        "images are built from committed files, so that a version can be built again",
        "git stash --include-untracked, or commit it",
      );
    }
    const said = await run("git", ["rev-parse", "--quiet", "--verify", `refs/tags/v${version}`], { cwd: this.root });
    if (said.code === 0) {
      throw mistake(
        `VERSION: received ${version}, and v${version} is ${said.stdout.trim().slice(0, 12)}`,
        "a version is released once",
        "choose the next one: git tag --sort=-version:refname",
      );
    }
  }

  /** The commit of the checkout. */
  async head(): Promise<string> {
    return (await this.git("rev-parse", "HEAD")).trim();
  }

  /**
   * Tag of the last release, or undefined before the first. Not searched among the ancestors: a merge that squashes
   * or rebases leaves the tag on a commit that the default branch does not have.
   */
  async lastTag(): Promise<string | undefined> {
    const order = ["-c", "versionsort.suffix=-", "tag", "--list", "v[0-9]*", "--sort=-version:refname"];
    const [last = ""] = (await this.git(...order)).split("\n");
    return last === "" ? undefined : last;
  }

  /** What was committed since a release, newest first, without its own commit; all commits if there is no tag. */
  async commitsSince(tag: string | undefined): Promise<readonly Commit[]> {
    const commits = await this.commitsIn(tag === undefined ? "HEAD" : `${await this.begin(tag)}..HEAD`);
    const isRelease = ({ subject }: Commit): boolean => `${subject} `.startsWith(`${releaseSubject(tag?.slice(1))} `);
    return commits.filter((commit) => !isRelease(commit));
  }

  /** Where the current history and a tag diverged. */
  private async begin(tag: string): Promise<string> {
    return (await this.git("merge-base", tag, "HEAD")).trim();
  }

  private async commitsIn(range: string): Promise<readonly Commit[]> {
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
    await this.git(
      "commit",
      "--quiet",
      "--message",
      releaseSubject(version),
      "--message",
      "Names its images by digest.",
    );
    // Verbatim: a line of the notes that begins with # is a heading, not one of git's comments.
    await this.git("tag", "--annotate", `v${version}`, "--cleanup=verbatim", "--message", notes);
  }

  /** Undoes what {@link commit} has done so far; files stay as they are. */
  async goBack(commit: string): Promise<void> {
    await this.git("reset", "--quiet", "--mixed", commit);
  }

  private async mustKnowWhoCommits(): Promise<void> {
    for (const identity of ["GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"]) {
      const said = await run("git", ["var", identity], { cwd: this.root });
      if (said.code === 0) {
        continue;
      }
      throw mistake(
        `git var ${identity}: received\n${lastWords(said)}`,
        "a release ends with a commit and a tag, which have an author",
        "git config user.name <name> && git config user.email <address>",
      );
    }
  }

  private async git(...args: readonly string[]): Promise<string> {
    return mustRun("git", args, { cwd: this.root });
  }
}

function releaseSubject(version: string | undefined): string {
  return `Release ${version}`;
}
