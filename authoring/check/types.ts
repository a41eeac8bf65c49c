import { fileURLToPath } from "node:url";
import ts from "typescript";
import type { Problem } from "../../constructs/definition/problem.ts";

const config = fileURLToPath(new URL("../../tsconfig.json", import.meta.url));

/** Declares the certificates that may lie beside a file. */
const certificates = fileURLToPath(new URL("../../constructs/definition/pem-file.d.ts", import.meta.url));

/** What the type checker says of one file, as an editor would show it. */
export function typeProblems(file: string): readonly Problem[] {
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(config, ts.sys.readFile).config,
    ts.sys,
    fileURLToPath(new URL("../..", import.meta.url)),
  );
  const program = ts.createProgram([file, certificates], options);
  const source = program.getSourceFile(file);
  return ts.getPreEmitDiagnostics(program, source).map(({ start = 0, messageText, code }) => {
    const line = (source?.getLineAndCharacterOfPosition(start).line ?? 0) + 1;
    return {
      property: `line ${line}`,
      received: source?.text.split("\n")[line - 1]?.trim() ?? "nothing",
      rule: ts.flattenDiagnosticMessageText(messageText, " "),
      mend: `correct line ${line}; an editor with TypeScript shows it while it is written (TS${code})`,
    };
  });
}
