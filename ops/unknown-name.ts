import { meantNames } from "../runs/similar-names.ts";
import { ExitCode, OpsError } from "./exit-code.ts";

/** The error for an unknown name, with similar ones. */
export function unknownName(
  what: string,
  typed: string,
  known: readonly string[],
  code: ExitCode = ExitCode.notFound,
): OpsError {
  return new OpsError(code, `there is no ${what} ${JSON.stringify(typed)}`, meantNames(typed, known));
}
