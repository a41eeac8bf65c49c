import { homedir } from "node:os";
import { plainEnvironment, run } from "./run.ts";

/** kubectl with one kubeconfig. */
export class Kubectl {
  constructor(
    private readonly program: string,
    private readonly kubeconfig: string,
  ) {}

  /** Applies objects on the server's side, as the farm's administrator. */
  async apply(objects: readonly unknown[]): Promise<void> {
    if (objects.length === 0) {
      return;
    }
    const list = { apiVersion: "v1", kind: "List", items: objects };
    await this.run(["apply", ...APPLY_OPTIONS, "--filename=-"], JSON.stringify(list));
  }

  /** Applies every manifest in a folder, or one file. */
  async applyFolder(folder: string): Promise<void> {
    await this.run(["apply", ...APPLY_OPTIONS, `--filename=${folder}`]);
  }

  /** Builds a folder with kustomize and applies the result. */
  async applyKustomization(folder: string): Promise<void> {
    await this.run(["apply", ...APPLY_OPTIONS, `--kustomize=${folder}`]);
  }

  private async run(args: readonly string[], input?: string): Promise<string> {
    return run(this.program, [`--kubeconfig=${this.kubeconfig}`, ...args], {
      // kubectl caches an API server's kinds in the home folder.
      env: { ...plainEnvironment, HOME: homedir() },
      ...(input === undefined ? {} : { input }),
    });
  }
}

/**
 * No conflict about fields that somebody else set by hand. The fields are kubectl's, so that a customer's administrator
 * who applies the same files by hand, as docs/deploy.md says, has no conflict with the farm.
 */
const APPLY_OPTIONS = ["--server-side", "--force-conflicts"] as const;
