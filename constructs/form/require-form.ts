import { ProblemsError } from "../definition/problem.ts";
import { Findings, type Form, withoutMisspelt } from "./form.ts";

/**
 * The content of a file of settings, checked against its form.
 * @param where The file's name in messages.
 * @throws ProblemsError with everything that is of a wrong kind or does not exist
 */
export function requireForm<T extends object>(where: string, form: Form, content: object): T {
  const findings = new Findings();
  form.inspect(content, "", findings);
  const problems = [...withoutMisspelt(findings), ...findings.unknown];
  if (problems.length > 0) {
    throw new ProblemsError(where, problems);
  }
  return content as T;
}
