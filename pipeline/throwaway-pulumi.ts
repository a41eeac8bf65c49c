import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../constructs/definition/problem.ts";
import { maskText } from "./mask.ts";
import type { Placeholders } from "./placeholders.ts";

/** Pulumi with a temporary state in the folder. */
export interface ThrowawayPulumi {
  /** Prints what a stack would become, as JSON. @throws UserError with Pulumi's output */
  preview(stack: string): string;
}

/**
 * Everything that a preview may see of the job's environment: an allow-list, so no credential and no state can be in
 * it.
 */
const PASSED_ON = ["PATH", "LANG", "ARGO_CRDS", "NIGHTLANE_IMAGES", "NODE_EXTRA_CA_CERTS", "TMPDIR"];

/** Makes an empty file backend below `scratch` and gives the program the placeholders, and nothing else. */
export function throwawayPulumi(scratch: string, project: string, { env, secrets }: Placeholders): ThrowawayPulumi {
  const settings = join(scratch, "stacks");
  for (const folder of [settings, join(scratch, "state")]) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }
  copyFileSync(join(project, "Pulumi.yaml"), join(settings, "Pulumi.yaml"));
  const environment = {
    ...Object.fromEntries(PASSED_ON.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []))),
    ...env,
    HOME: scratch,
    PULUMI_HOME: join(scratch, "home"),
    PULUMI_BACKEND_URL: `file://${join(scratch, "state")}`,
    PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER: "true",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  };
  const run = (cwd: string, args: readonly string[], input = ""): string => {
    const result = spawnSync("pulumi", [...args, "--non-interactive", "--color", "never"], {
      cwd,
      env: environment,
      input,
      encoding: "utf8",
      maxBuffer: 2 ** 28,
    });
    if (result.status !== 0) {
      throw new UserError(
        maskText(`pulumi ${args[0]} failed\n${result.error?.message ?? result.stderr}${diagnostics(result.stdout)}`),
      );
    }
    return result.stdout;
  };
  return {
    preview(stack) {
      const file = ["--stack", stack, "--config-file", join(settings, `Pulumi.${stack}.yaml`)];
      run(settings, ["stack", "init", stack, "--no-select"]);
      for (const [key, value] of Object.entries(secrets)) {
        run(project, ["config", "set", "--secret", key, ...file], value);
      }
      return run(project, ["preview", "--json", ...file]);
    },
  };
}

/** With `--json`, the program's error messages are in the output. */
function diagnostics(stdout: string): string {
  try {
    const { diagnostics = [] } = JSON.parse(stdout) as {
      diagnostics?: readonly { message: string; severity: string }[];
    };
    return diagnostics.flatMap(({ message, severity }) => (severity === "error" ? [message] : [])).join("");
  } catch {
    return stdout;
  }
}
