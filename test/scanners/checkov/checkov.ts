import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { runCommand } from "../../farm/command.ts";
import type { DistObject } from "../dist-object.ts";
import type { ScanFinding, ScanResult } from "../finding.ts";

/** Our check that every object passes, so that checkov says what it has read. */
const READ = "NIGHTLANE_1";

interface Check {
  readonly check_id: string;
  readonly check_name: string;
  readonly file_path: string;
}

interface Report {
  readonly check_type: string;
  readonly summary: { readonly parsing_errors: number };
  readonly results: { readonly passed_checks: readonly Check[]; readonly failed_checks: readonly Check[] };
}

/** Scans a folder with checkov, for Kubernetes and for Argo Workflows. @throws Error if checkov itself fails */
export async function scanWithCheckov(folder: string, objects: readonly DistObject[]): Promise<ScanResult> {
  const venv = execFileSync(join(import.meta.dirname, "venv.sh"), {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  }).trim();
  const args = ["--directory", folder, "--framework", "kubernetes", "argo_workflows", "--skip-download", "--compact"];
  const own = ["--external-checks-dir", join(import.meta.dirname, "checks"), "--output", "json"];
  const kinds = [...new Set(objects.map(({ kind }) => kind))].join(",");
  const env = {
    PATH: `${join(venv, "bin")}:${process.env.PATH ?? ""}`,
    HOME: venv,
    NIGHTLANE_KINDS: kinds,
    PYTHONDONTWRITEBYTECODE: "1",
  };
  const result = await runCommand(join(venv, "bin", "checkov"), [...args, ...own], { cwd: folder, env });
  const reports = parseReports(result.stdout, result.output);
  const byFile = new Map(objects.map((object) => [object.file, object.name]));
  const read = new Set<string>();
  const findings: ScanFinding[] = [];
  for (const { check_type, summary, results } of reports) {
    if (summary.parsing_errors > 0) {
      throw new Error(`checkov could not parse ${summary.parsing_errors} files of ${folder}`);
    }
    for (const check of [...results.passed_checks, ...results.failed_checks]) {
      if (check.check_id === READ || check_type === "argo_workflows") {
        read.add(pathOf(check));
      }
    }
    findings.push(
      ...results.failed_checks.map((check) => ({
        scanner: "checkov" as const,
        check: check.check_id,
        object: byFile.get(pathOf(check)) ?? pathOf(check),
        message: check.check_name,
      })),
    );
  }
  return { scanner: "checkov", read, findings };
}

function parseReports(stdout: string, output: string): readonly Report[] {
  try {
    const parsed: Report | readonly Report[] = JSON.parse(stdout);
    // With nothing to scan there is a summary without results.
    return (Array.isArray(parsed) ? parsed : [parsed]).filter((report) => "results" in report);
  } catch {
    throw new Error(`checkov said no JSON:\n${output.slice(-2000)}`);
  }
}

function pathOf({ file_path }: Check): string {
  return file_path.replace(/^\//, "");
}
