import { chmodSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { ONCALL_GROUP } from "../../constructs/platform/oncall-role.ts";
import { TemporaryFolder } from "../api/support.ts";
import { type CommandResult, runCommand } from "../farm/command.ts";
import { writeCertificateKubeconfig } from "../farm/kubeconfig.ts";
import { type FarmPaths, repositoryRoot } from "../farm/paths.ts";
import { Pki } from "../farm/pki.ts";
import { CENTRAL_ID } from "../farm/plan.ts";
import { plainEnvironment } from "../farm/run.ts";
import type { Api } from "../support/api.ts";
import type { Call } from "./calls.ts";

/** A command that was typed in answer to a call. */
export interface Typed {
  readonly call: Call;
  readonly result: CommandResult;
}

const USER = "on-call";

const LOOK_MILLISECONDS = 500;

/**
 * The person on call, with the rights of on-call and no others: does nothing until a call comes, and then types the
 * command in the call exactly as it is written.
 */
export class Operator {
  private readonly acted = new Map<string, Typed>();
  private watching = true;
  private done: Promise<void> = Promise.resolve();

  private constructor(
    private readonly folder: TemporaryFolder,
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  static async of(paths: FarmPaths, central: Api): Promise<Operator> {
    const folder = new TemporaryFolder();
    const kubeconfig = join(folder.path, "kubeconfig");
    const pki = await Pki.open(paths.cluster(CENTRAL_ID).pki, CENTRAL_ID);
    const certificate = await pki.certificate(USER, { commonName: USER, organization: ONCALL_GROUP });
    const cluster = { cluster: CENTRAL_ID, server: central.server, user: USER };
    await writeCertificateKubeconfig(kubeconfig, cluster, pki.authority, certificate);
    const command = `exec "${process.execPath}" "${join(repositoryRoot, "ops", "nightlane.mjs")}" "$@"`;
    chmodSync(folder.file("nightlane", `#!/bin/sh\n${command}\n`), 0o755);
    return new Operator(folder, {
      ...plainEnvironment,
      HOME: folder.path,
      KUBECONFIG: kubeconfig,
      PATH: [folder.path, paths.programs, plainEnvironment.PATH].join(":"),
    });
  }

  /** Starts to wait for calls. @param calls Returns the calls so far. */
  watch(calls: () => readonly Call[]): void {
    this.done = this.answer(calls);
  }

  /** What was typed, in the order of the calls. */
  get typed(): readonly Typed[] {
    return [...this.acted.values()];
  }

  /** Types a command. */
  async type(command: string): Promise<CommandResult> {
    return runCommand("bash", ["-c", command], { cwd: this.folder.path, env: this.env, limitSeconds: 240 });
  }

  async end(): Promise<void> {
    this.watching = false;
    await this.done;
    this.folder.remove();
  }

  private async answer(calls: () => readonly Call[]): Promise<void> {
    while (this.watching) {
      const call = calls().find((one) => !this.acted.has(idOf(one)));
      if (call === undefined) {
        await delay(LOOK_MILLISECONDS);
      } else {
        this.acted.set(idOf(call), { call, result: await this.type(call.command) });
      }
    }
  }
}

function idOf({ key, since }: Call): string {
  return `${key} ${since}`;
}
