import { execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { stringify } from "yaml";
import { environmentOf } from "../../../pipeline/deployments.ts";
import { repositoryRoot } from "../../farm/paths.ts";
import type { GitlabDeployments } from "../../support/gitlab-deployments.ts";
import { AUTHOR, cloneCheckout } from "./checkout-clone.ts";
import { type PipelineRun, readRun } from "./pipeline-run.ts";
import type { ProjectVariables } from "./project-variables.ts";

/** What a runner's image has for every job: programs, and the settings of that image. */
export interface RunnerImage {
  /** Folders of programs, before the machine's own. */
  readonly programs: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Where a pipeline comes from, and the variables that tell its jobs so. */
export type PipelineSource = "merge request" | "default branch" | "schedule";

const PREDEFINED =
  "CI_API_V4_URL,CI_PROJECT_ID,CI_JOB_TOKEN,CI_PIPELINE_SOURCE,CI_COMMIT_BRANCH,CI_COMMIT_REF_PROTECTED,CI_COMMIT_BEFORE_SHA,CI_MERGE_REQUEST_IID,CI_MERGE_REQUEST_TARGET_BRANCH_NAME";

/** Where a plan's pipeline is. */
export const CHILD = "plan/child.yml";

/**
 * Runs as soon as a job's shell starts, as a runner's pre_build_script would: gives the job the installed packages,
 * which its image or cache holds, and notes the job's environment. The job is in a folder of its own below this one.
 */
const PRE_BUILD = `
job="$PWD/.gitlab-ci-local/builds/\${CI_JOB_NAME//:/Og}"
if [ -n "\${CI_JOB_NAME:-}" ] && [ -d "$job" ] && [ ! -e "$SEEN/$CI_JOB_NAME" ]; then
  ln -sfn "$PACKAGES" "$job/node_modules"
  mkdir -p "$SEEN" && env -0 > "$SEEN/$CI_JOB_NAME"
  for name in $(compgen -e); do
    case "\${!name}" in /tmp/gitlab-ci-local-file-variables-*) cat "\${!name}" >> "$SEEN/$CI_JOB_NAME" ;; esac
  done
fi
`;

/** The name of a job's files; gitlab-ci-local writes the colon in base64. */
function fileName(job: string): string {
  return job.replaceAll(":", "Og");
}

/** A project in GitLab: a repository with its branches, settings and pipelines, in a clone of this checkout. */
export class GitlabProject {
  readonly clone: string;
  /** Everything that pipelines showed or kept, one folder for each; a colon in a job's name is written `Og`. */
  readonly kept: string;
  private readonly scratch = mkdtempSync(join(tmpdir(), "nightlane-project-"));
  private runs = 0;

  constructor(
    private readonly image: RunnerImage,
    private readonly variables: ProjectVariables,
    /** GitLab's records of this project's deployments, which it shows to jobs that ask. */
    readonly deployments: GitlabDeployments,
  ) {
    this.clone = join(this.scratch, "clone");
    this.kept = join(this.scratch, "kept");
    cloneCheckout(join(this.scratch, "origin.git"), this.clone);
    writeFileSync(join(this.scratch, "pre-build.sh"), PRE_BUILD);
  }

  /** Makes a branch off the default branch with one commit. */
  branch(name: string, edit: () => void): void {
    this.git("switch", "--quiet", "--create", name, "origin/main");
    edit();
    this.git("add", "--all", ".");
    this.git("commit", "--quiet", "--message", name);
  }

  /** Merges the branch that is checked out, and returns the commit that the default branch had before. */
  merge(): string {
    const before = this.git("rev-parse", "origin/main");
    this.git("switch", "--quiet", "--force-create", "main");
    this.git("push", "--quiet", "origin", "main");
    return before;
  }

  git(...args: readonly string[]): string {
    return execFileSync("git", args, {
      cwd: this.clone,
      encoding: "utf8",
      env: this.environment(),
      stdio: ["ignore", "pipe", "pipe"],
    }).trim();
  }

  /** Runs a command in the clone, as a person does. @throws Error with its output if it fails */
  async command(name: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
    const { code, printed } = await this.spawn(name, args, env);
    if (code !== 0) {
      throw new Error(`${[name, ...args].join(" ")} ended with exit code ${code}:\n${printed}`);
    }
    return printed;
  }

  /** Runs a pipeline on this machine, or of it only the jobs named. */
  async pipeline(source: PipelineSource, options: PipelineOptions = {}): Promise<PipelineRun> {
    rmSync(join(this.clone, ".gitlab-ci-local"), { recursive: true, force: true });
    this.runs += 1;
    const { code, printed } = await this.spawn("gitlab-ci-local", [
      ...["--force-shell-executor", "--shell-isolation", "--concurrency", "2"],
      ...this.settings(source),
      ...["--file", options.file ?? ".gitlab-ci.yml"],
      ...sourceArguments(source, options.before ?? ""),
      ...Object.entries(this.deployments.variables).flatMap(([name, value]) => ["--variable", `${name}=${value}`]),
      ...(options.jobs ?? []),
    ]);
    this.keep(printed);
    const run = readRun(code, printed, this.seen);
    for (const [job, result] of Object.entries(run.jobs)) {
      if (job.endsWith(":up")) {
        this.noteDeployment(job.replace(/:up$/, ""), result === "passed" ? "success" : "failed");
      }
      if (job.endsWith(":destroy") && result === "passed") {
        this.deployments.noteStop(environmentOf(job.replace(/:destroy$/, "")));
      }
    }
    return run;
  }

  /**
   * Runs jobs of a pipeline, its plan among them, and then the child pipeline that this wrote: gitlab-ci-local would
   * look for jobs that are named in the child as well.
   */
  async planned(source: PipelineSource, jobs: readonly string[], before?: string): Promise<PipelineRun> {
    const parent = await this.pipeline(source, { jobs, ...(before === undefined ? {} : { before }) });
    const child = await this.pipeline(source, { file: CHILD });
    return {
      exitCode: parent.exitCode || child.exitCode,
      output: parent.output + child.output,
      jobs: { ...parent.jobs, ...child.jobs },
      seenBy: (job) => (job in child.jobs ? child : parent).seenBy(job),
    };
  }

  /** Records, as GitLab does, that a stack was deployed from the commit that is checked out. */
  noteDeployment(stack: string, status: "success" | "failed"): void {
    this.deployments.note(environmentOf(stack), this.git("rev-parse", "HEAD"), status);
  }

  /** What a job of the last pipeline printed. */
  log(job: string): string {
    return readFileSync(join(this.clone, ".gitlab-ci-local", "output", `${fileName(job)}.log`), "utf8");
  }

  /** When GitLab would run each job of a pipeline; those that it would not are left out. */
  list(source: PipelineSource, file = ".gitlab-ci.yml"): Readonly<Record<string, string>> {
    const args = ["--list-json", "--file", file, ...this.settings(source), ...sourceArguments(source, "")];
    const list = execFileSync("gitlab-ci-local", args, {
      cwd: this.clone,
      encoding: "utf8",
      env: this.environment(),
      stdio: ["ignore", "pipe", "pipe"],
    });
    const jobs: readonly { readonly name: string; readonly when: string }[] = JSON.parse(list.slice(list.indexOf("[")));
    return Object.fromEntries(jobs.filter(({ when }) => when !== "never").map(({ name, when }) => [name, when]));
  }

  remove(): void {
    rmSync(this.scratch, { recursive: true, force: true });
  }

  /** Keeps logs and artifacts, which the next pipeline overwrites. */
  private keep(printed: string): void {
    const folder = join(this.kept, String(this.runs));
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "terminal.log"), printed);
    const from = join(this.clone, ".gitlab-ci-local");
    // gitlab-ci-local leaves reports where the job wrote them.
    for (const part of ["output", "artifacts", "builds/note/review-terraform.json"]) {
      if (existsSync(join(from, part))) {
        cpSync(join(from, part), join(folder, part), { recursive: true });
      }
    }
  }

  /** The project's variables. The credentials are there for every pipeline: only its jobs' environments decide. */
  private settings(source: PipelineSource): readonly string[] {
    const home = join(this.scratch, "settings");
    mkdirSync(join(home, ".gitlab-ci-local"), { recursive: true });
    const isProtected = { CI_COMMIT_REF_PROTECTED: String(source !== "merge request") };
    writeFileSync(join(home, ".gitlab-ci-local", "variables.yml"), stringify(this.variables.document(isProtected)));
    return ["--home", home, "--ignore-predefined-vars", PREDEFINED];
  }

  /** What the jobs of the last pipeline saw. It holds credentials, so it is not kept. */
  private get seen(): string {
    return join(this.scratch, "seen", String(this.runs));
  }

  private environment(): Record<string, string> {
    return {
      ...this.image.env,
      ...AUTHOR,
      PATH: [...this.image.programs, join(repositoryRoot, "node_modules", ".bin"), process.env.PATH].join(delimiter),
      HOME: this.scratch,
      LANG: "C.UTF-8",
      BASH_ENV: join(this.scratch, "pre-build.sh"),
      SEEN: this.seen,
      PACKAGES: join(repositoryRoot, "node_modules"),
    };
  }

  private async spawn(
    name: string,
    args: readonly string[],
    more: Readonly<Record<string, string>> = {},
  ): Promise<{ readonly code: number; readonly printed: string }> {
    const env = { ...this.environment(), ...more };
    const child = spawn(name, args, { cwd: this.clone, env, stdio: ["ignore", "pipe", "pipe"] });
    let printed = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        printed += text;
      });
    }
    const code = await new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (exit) => resolve(exit ?? 128));
    });
    return { code, printed };
  }
}

/** Which part of a pipeline is run, and on which change. */
export interface PipelineOptions {
  /** @default - all of it */
  readonly jobs?: readonly string[];
  /** @default ".gitlab-ci.yml" */
  readonly file?: string;
  /** The default branch's commit before the merge. @default - none */
  readonly before?: string;
}

function sourceArguments(source: PipelineSource, before: string): readonly string[] {
  if (source === "merge request") {
    const variables = [
      ...["CI_PIPELINE_SOURCE=merge_request_event", "CI_MERGE_REQUEST_IID=7"],
      "CI_MERGE_REQUEST_TARGET_BRANCH_NAME=main",
    ];
    return [...variables.flatMap((variable) => ["--variable", variable]), "--unset-variable", "CI_COMMIT_BRANCH"];
  }
  const pipelineSource = source === "schedule" ? "schedule" : "push";
  // A merge checks the customer's cluster; the schedule's check is the same job.
  const preflight = source === "schedule" ? ["NIGHTLANE_PREFLIGHT=off"] : [];
  const variables = [`CI_PIPELINE_SOURCE=${pipelineSource}`, `CI_COMMIT_BEFORE_SHA=${before}`, ...preflight];
  return variables.flatMap((variable) => ["--variable", variable]);
}
