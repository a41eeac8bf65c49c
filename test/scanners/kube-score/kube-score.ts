import { dirname, relative } from "node:path";
import { runCommand } from "../../farm/command.ts";
import { ensureFrom } from "../../farm/tools/ensure.ts";
import type { Reporter } from "../../farm/tools/reporter.ts";
import { type DistObject, objectName } from "../dist-object.ts";
import type { ScanFinding, ScanResult } from "../finding.ts";
import { kubeScore } from "./recipe.ts";

/** Kinds that kube-score judges; it passes over all others without a word. */
export const JUDGED_KINDS: readonly string[] = [
  "Deployment",
  "StatefulSet",
  "CronJob",
  "Job",
  "Pod",
  "NetworkPolicy",
  "Service",
];

/** A grade of 10 is a pass, 7 a hint; below that it is a warning (5) or critical (1). */
const HINT = 7;

interface Scored {
  readonly file_name: string;
  readonly type_meta: { readonly kind: string };
  readonly object_meta: { readonly name: string; readonly namespace?: string };
  readonly checks:
    | readonly {
        readonly check: { readonly id: string };
        readonly grade: number;
        readonly skipped: boolean;
        readonly comments: readonly { readonly summary: string }[] | null;
      }[]
    | null;
}

/** Scans a folder with kube-score. @throws Error if kube-score itself fails */
export async function scanWithKubeScore(
  folder: string,
  objects: readonly DistObject[],
  reporter: Reporter,
): Promise<ScanResult> {
  const paths = await ensureFrom([kubeScore], new Set(["kube-score"]), reporter);
  const program = paths.get("kube-score") ?? "kube-score";
  const scored: Scored[] = [];
  for (const files of byFolder(objects)) {
    const args = ["score", "--output-format", "json", ...files];
    const result = await runCommand(program, args, { cwd: folder, env: {} });
    scored.push(...parseScores(result.stdout, result.output));
  }
  const nameOf = ({ type_meta, object_meta }: Scored): string =>
    objectName(type_meta.kind, object_meta.namespace, object_meta.name);
  const read = new Set(scored.map(({ file_name }) => relative(folder, file_name)));
  const findings = scored.flatMap((each): readonly ScanFinding[] =>
    (each.checks ?? [])
      .filter(({ grade, skipped }) => !skipped && grade < HINT)
      .map(({ check, comments }) => ({
        scanner: "kube-score",
        check: check.id,
        object: nameOf(each),
        message: (comments ?? []).map(({ summary }) => summary).join("; "),
      })),
  );
  return { scanner: "kube-score", read, findings };
}

/** Files by their folder: of two objects with one name, which are in two clusters, kube-score would keep only one. */
function byFolder(objects: readonly DistObject[]): readonly (readonly string[])[] {
  const folders = new Map<string, string[]>();
  for (const { file } of objects) {
    folders.set(dirname(file), [...(folders.get(dirname(file)) ?? []), file]);
  }
  return [...folders.values()];
}

function parseScores(stdout: string, output: string): readonly Scored[] {
  try {
    return JSON.parse(stdout) ?? [];
  } catch {
    throw new Error(`kube-score said no JSON:\n${output.slice(-2000)}`);
  }
}
