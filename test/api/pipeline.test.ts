import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { customerNames } from "../../constructs/definition/customer-files.ts";
import { ensureTools } from "../farm/tools/ensure.ts";
import { silentReporter } from "../farm/tools/reporter.ts";
import { temporaryFolder } from "../support/folders.ts";

const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));
const CANARY = "canary-3b1d5f7a9c";

interface Ended {
  readonly code: number;
  readonly output: string;
}

let path: string;
let crds: string;

beforeAll(async () => {
  const tools = await ensureTools(["pulumi", "argo-crds"], silentReporter);
  path = [dirname(tools.pulumi), join(REPOSITORY, "node_modules", ".bin"), process.env.PATH].join(":");
  crds = join(tools["argo-crds"], "full");
});

/** Runs the job's command as a runner would whose settings hold every credential by mistake. */
function preview(stack: string, cwd: string): Promise<Ended> {
  const child = spawn(
    process.execPath,
    ["--import", import.meta.resolve("tsx"), join(REPOSITORY, "pipeline/preview.ts"), stack],
    {
      cwd,
      env: {
        PATH: path,
        ARGO_CRDS: crds,
        CUSTOMER_KUBECONFIG: `/${CANARY}/kubeconfig`,
        KUBECONFIG: `/${CANARY}/central`,
        FINGERPRINT_KEY: `/${CANARY}/key`,
        PULUMI_BACKEND_URL: `file:///${CANARY}/state`,
        PULUMI_ACCESS_TOKEN: CANARY,
        PULUMI_CONFIG_PASSPHRASE: CANARY,
      },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (part: string) => {
      output += part;
    });
  }
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code: code ?? 128, output }));
  });
}

describe("the preview of a merge request", () => {
  test.each([...customerNames(), "platform"])("of %s needs no credential, state or cluster", async (stack) => {
    const folder = temporaryFolder();
    const { code, output } = await preview(stack, folder);
    expect(output).toContain(`${stack}: `);
    expect(code).toBe(0);
    const counts = JSON.parse(readFileSync(join(folder, "preview", `${stack}.json`), "utf8"));
    expect(counts).toMatchObject({ update: 0, delete: 0 });
    expect(counts.create).toBeGreaterThan(10);
    expect(output).not.toContain(CANARY);
    expect(output).not.toContain("placeholder-");
  });

  test("of an unknown customer says what is wrong and leaves no report", async () => {
    const folder = temporaryFolder();
    const { code, output } = await preview("nobody", folder);
    expect(code).toBe(1);
    expect(output).toContain('the name "nobody", and no such file');
    expect(output).not.toMatch(/^\s+at /m);
    expect(existsSync(join(folder, "preview"))).toBe(false);
  });
});
