import { randomBytes } from "node:crypto";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { type CommandResult, runCommand } from "../command.ts";
import { repositoryRoot } from "../paths.ts";
import { ensureTools } from "../tools/ensure.ts";
import { type Reporter, silentReporter } from "../tools/reporter.ts";
import { isLeftLocked } from "./stale-lock.ts";

/** Where stacks are deployed to, and where their state is kept. */
export interface PulumiTarget {
  /**
   * Folder of the state, the stacks' passphrases, the key of fingerprints and Pulumi's own settings; made if missing.
   */
  readonly dir: string;
  /** Kubeconfig of the central cluster. */
  readonly kubeconfig: string;
  /** Further environment: images, the customer's credentials. */
  readonly env: Readonly<Record<string, string>>;
  /** Folder with the Pulumi program. @default - this checkout */
  readonly project?: string;
}

/** Name of the project in Pulumi.yaml. */
const PROJECT = "nightlane";

/**
 * Pulumi's own command line with a file backend, in which each stack's secrets are encrypted by a passphrase of its
 * own.
 */
export class Pulumi {
  private constructor(
    private readonly executable: string,
    private readonly dir: string,
    private readonly project: string,
    /** What Pulumi and the program read from the environment, apart from PATH and HOME. */
    readonly settings: Readonly<Record<string, string>>,
  ) {}

  /** Folders to put on PATH: Pulumi with its plugins, and the project's own Node. */
  get programs(): readonly string[] {
    return [dirname(this.executable), join(repositoryRoot, "node_modules", ".bin")];
  }

  static async at(target: PulumiTarget, reporter: Reporter = silentReporter): Promise<Pulumi> {
    const tools = await ensureTools(["pulumi", "argo-crds"], reporter);
    const fingerprintKey = join(target.dir, "fingerprint-key");
    const project = target.project ?? repositoryRoot;
    await mkdir(join(target.dir, "state"), { recursive: true, mode: 0o700 });
    await mkdir(join(target.dir, "stacks"), { recursive: true, mode: 0o700 });
    await copyFile(join(project, "Pulumi.yaml"), join(target.dir, "stacks", "Pulumi.yaml"));
    await mkdir(join(target.dir, "passphrases"), { recursive: true, mode: 0o700 });
    await ensureKey(fingerprintKey);
    return new Pulumi(tools.pulumi, target.dir, project, {
      ...target.env,
      PULUMI_HOME: join(target.dir, "home"),
      PULUMI_BACKEND_URL: `file://${join(target.dir, "state")}`,
      FINGERPRINT_KEY: fingerprintKey,
      PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      ARGO_CRDS: join(tools["argo-crds"], "full"),
      KUBECONFIG: target.kubeconfig,
    });
  }

  /**
   * Runs one of Pulumi's commands on a stack (`up`, `preview`, `refresh`, `destroy`, `config`), without questions. The
   * stack's settings are beside its state, not in the checkout. A failure is for the caller to judge.
   */
  async run(
    stack: string,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<CommandResult> {
    const settings = join(this.dir, "stacks", `Pulumi.${stack}.yaml`);
    return this.execute(stack, [...args, "--config-file", settings], this.project, env);
  }

  /** The file with the passphrase of one stack, which no other has; made if missing. */
  async passphraseFile(stack: string): Promise<string> {
    return ensureKey(join(this.dir, "passphrases", stack));
  }

  /** Creates the stack if there is none of this name. */
  async ensureStack(stack: string): Promise<void> {
    const folder = join(this.dir, "stacks");
    const known = await this.execute(stack, ["stack", "export", "--file", "/dev/null"], folder, {});
    if (known.code !== 0) {
      succeeded(await this.execute(stack, ["stack", "init", "--no-select"], folder, {}));
    }
  }

  /**
   * `pulumi preview`; the stack is created first if needed.
   * @throws Error with Pulumi's own output if it fails
   */
  async preview(stack: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
    await this.ensureStack(stack);
    return succeeded(await this.run(stack, ["preview"], env));
  }

  /**
   * `pulumi up`; the stack is created first if needed, and unlocked if its deployment was killed.
   * @throws Error with Pulumi's own output if it fails
   */
  async up(stack: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
    await this.ensureStack(stack);
    if (await isLeftLocked(join(this.dir, "state", ".pulumi", "locks", "organization", PROJECT, stack))) {
      succeeded(await this.execute(stack, ["cancel", "--yes"], this.project, env));
    }
    return succeeded(await this.run(stack, ["up", "--yes", "--skip-preview"], env));
  }

  private async execute(
    stack: string,
    args: readonly string[],
    cwd: string,
    env: Readonly<Record<string, string>>,
  ): Promise<CommandResult> {
    const command = [...args, "--stack", stack, "--non-interactive", "--color", "never"];
    const PATH = [...this.programs, process.env.PATH ?? ""].join(delimiter);
    const key = { PULUMI_CONFIG_PASSPHRASE_FILE: await this.passphraseFile(stack) };
    return runCommand(this.executable, command, {
      cwd,
      env: { ...this.settings, ...key, ...env, PATH, HOME: this.dir },
    });
  }
}

/** Makes a file with a random key that only its owner reads, unless it is there. @returns the file */
async function ensureKey(file: string): Promise<string> {
  try {
    await writeFile(file, randomBytes(24).toString("hex"), { mode: 0o600, flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
      throw error;
    }
  }
  return file;
}

/** What a command answered, without its warnings. @throws Error with all its output if it failed */
export function succeeded(result: CommandResult): string {
  if (result.code !== 0) {
    throw new Error(`${result.command} ended with exit code ${result.code}:\n${result.output}`);
  }
  return result.stdout;
}
