import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCli } from "../../constructs/definition/run-cli.ts";
import { runCommand } from "../farm/command.ts";
import { succeeded } from "../farm/deploy/pulumi.ts";
import { repositoryRoot } from "../farm/paths.ts";
import { progressOn } from "../farm/progress.ts";
import type { Reporter } from "../farm/tools/reporter.ts";
import { scanWithCheckov } from "./checkov/checkov.ts";
import { readDistObjects } from "./dist-object.ts";
import type { ScanFinding } from "./finding.ts";
import { JUDGED_KINDS, scanWithKubeScore } from "./kube-score/kube-score.ts";
import { PLANTED_CHECKS, plant } from "./planted.ts";
import { readScanWaivers, waives } from "./waivers.ts";

/** What all scanners said about one folder. */
interface Scan {
  readonly objects: number;
  readonly findings: readonly ScanFinding[];
  /** Objects that a scanner should have read and did not. */
  readonly unread: readonly string[];
}

/** `make scan`: others' scanners on everything that is synthesized, and on what they must not let pass. */
async function main(): Promise<boolean> {
  const reporter = progressOn(process.stderr);
  const folder = mkdtempSync(join(tmpdir(), "nightlane-scan-"));
  try {
    const planted = join(folder, "planted");
    plant(planted);
    const silent = missed(await scan(planted, reporter));
    const dist = join(folder, "dist");
    const env = { ...plainEnvironment(), CDK8S_OUTDIR: dist };
    const synth = ["--import", "tsx", join("infra", "synth.ts")];
    succeeded(await runCommand(process.execPath, synth, { cwd: repositoryRoot, env }));
    return report(await scan(dist, reporter), silent);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function scan(folder: string, reporter: Reporter): Promise<Scan> {
  const objects = readDistObjects(folder);
  const checkov = await scanWithCheckov(folder, objects);
  const kubeScore = await scanWithKubeScore(folder, objects, reporter);
  const unread = objects.flatMap(({ file, kind, name }) => [
    ...(checkov.read.has(file) ? [] : [`checkov: ${name}`]),
    ...(kubeScore.read.has(file) || !JUDGED_KINDS.includes(kind) ? [] : [`kube-score: ${name}`]),
  ]);
  return { objects: objects.length, findings: [...checkov.findings, ...kubeScore.findings], unread };
}

/** Checks that said nothing about what was planted for them. */
function missed({ findings }: Scan): readonly string[] {
  const said = new Set(findings.map(({ scanner, check, object }) => `${scanner} ${check} ${object}`));
  return PLANTED_CHECKS.filter((check) => !said.has(check));
}

function report({ objects, findings, unread }: Scan, silent: readonly string[]): boolean {
  const waivers = readScanWaivers();
  const open = findings.filter((finding) => !waivers.some((waiver) => waives(waiver, finding)));
  const unused = waivers.filter((waiver) => !findings.some((finding) => waives(waiver, finding)));
  const lines = [
    ...open.map(({ scanner, check, object, message }) => `${scanner} ${check} ${object}: ${message}`),
    ...unread.map((object) => `not read by ${object}`),
    ...silent.map((check) => `silent on the planted manifest: ${check}`),
    ...unused.map(({ scanner, check, object }) => `waiver that nothing needs: ${scanner} ${check} ${object}`),
  ];
  for (const line of lines) {
    console.log(line);
  }
  const waived = findings.length - open.length;
  console.log(
    `scan: ${objects} objects in dist, ${objects - unread.length} read, ${findings.length} findings, ${waived} waived; ${PLANTED_CHECKS.length - silent.length} of ${PLANTED_CHECKS.length} planted faults found`,
  );
  return lines.length === 0;
}

function plainEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

await runCli(async () => {
  process.exitCode = (await main()) ? 0 : 1;
}, 2);
