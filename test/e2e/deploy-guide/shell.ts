import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

const ENDED = "::the block has ended::";

/** A person's shell: what one block exports or defines, the next one has. */
export class Shell {
  private readonly bash: ChildProcess;
  private printed = "";
  private blocks = 0;
  private readonly closed: Promise<void>;

  /** @param folder Where the blocks are kept as files. */
  constructor(
    private readonly folder: string,
    cwd: string,
    env: Readonly<Record<string, string>>,
  ) {
    this.bash = spawn("bash", ["--noprofile", "--norc", "-eo", "pipefail"], { cwd, env: { ...env }, detached: true });
    for (const stream of [this.bash.stdout, this.bash.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.printed += text;
      });
    }
    this.closed = new Promise((resolve) => this.bash.once("close", () => resolve()));
  }

  /** Runs a block to its end and returns what it printed. @throws Error with that if one of its commands fails */
  async run(commands: string): Promise<string> {
    this.blocks += 1;
    const file = join(this.folder, `block-${this.blocks}.sh`);
    writeFileSync(file, commands);
    this.printed = "";
    // A file, so that no command reads the rest of the block as its input.
    this.bash.stdin?.write(`source '${file}' < /dev/null; echo '${ENDED}'\n`);
    await Promise.race([this.closed, this.untilEnded()]);
    const [output = "", rest] = this.printed.split(`${ENDED}\n`);
    if (rest === undefined) {
      throw new Error(`the shell ended with ${this.bash.exitCode}:\n${commands}\n${output}`);
    }
    return output;
  }

  /** Ends the shell and everything that it still runs. */
  end(): void {
    if (this.bash.pid !== undefined && this.bash.exitCode === null) {
      process.kill(-this.bash.pid, "SIGKILL");
    }
  }

  private async untilEnded(): Promise<void> {
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (this.printed.includes(ENDED)) {
          resolve();
        }
      };
      this.bash.stdout?.on("data", look);
    });
  }
}
