import { fileURLToPath } from "node:url";
import ts from "typescript";
import type { Problem } from "../../constructs/definition/problem.ts";
import { shownLine } from "../../constructs/definition/shown-line.ts";

const config = fileURLToPath(new URL("../../tsconfig.json", import.meta.url));

/** Declares the certificates that may be beside a file. */
const certificates = fileURLToPath(new URL("../../constructs/definition/pem-file.d.ts", import.meta.url));

/** Unused declarations and imports, often left behind by another mistake. */
const UNUSED = new Set([6133, 6138, 6192, 6196, 6198]);

/**
 * What the type checker reports for one file, as an editor would show it; `unused` may only follow from another
 * mistake.
 */
export function typeProblems(file: string): {
  readonly wrong: readonly Problem[];
  readonly unused: readonly Problem[];
} {
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(config, ts.sys.readFile).config,
    ts.sys,
    fileURLToPath(new URL("../..", import.meta.url)),
  );
  const program = ts.createProgram([file, certificates], options);
  const source = program.getSourceFile(file);
  const wrong: Problem[] = [];
  const unused: Problem[] = [];
  for (const { start = 0, messageText, code } of ts.getPreEmitDiagnostics(program, source)) {
    const line = (source?.getLineAndCharacterOfPosition(start).line ?? 0) + 1;
    (UNUSED.has(code) ? unused : wrong).push({
      property: "(code)",
      line,
      received: shownLine(source?.text ?? "", line),
      rule: ts.flattenDiagnosticMessageText(messageText, " "),
      fix: `correct line ${line}; an editor with TypeScript shows it while it is written (TS${code})`,
    });
  }
  return { wrong, unused };
}
