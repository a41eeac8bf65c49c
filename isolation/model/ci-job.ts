import { type Fields, fields, fieldsList, isFields, strings, text } from "./fields.ts";

/** One job of a pipeline, as far as its access to credentials goes. */
export interface CiJob {
  readonly name: string;
  /** Its commands, those before and after the script among them. */
  readonly commands: readonly string[];
  /** Environment whose variables GitLab gives it. */
  readonly environment: string | undefined;
  /** Tier of the environment, by which a group protects it. */
  readonly tier: string | undefined;
  readonly resourceGroup: string | undefined;
  /** Whether it runs on the protected default branch and nowhere else. */
  readonly isProtected: boolean;
  /** The job whose artifact is the pipeline that it triggers. */
  readonly writtenBy: string | undefined;
}

/** Keys of a pipeline that are not jobs. */
const GLOBAL = new Set(["workflow", "stages", "variables", "default", "include"]);

/** The jobs of a pipeline. */
export function jobsOf(pipeline: Fields): readonly CiJob[] {
  const all = fields(pipeline.default);
  return Object.entries(pipeline)
    .filter(([name, job]) => !GLOBAL.has(name) && !name.startsWith(".") && isFields(job))
    .map(([name, value]) => {
      const job = fields(value);
      const environment = text(job.environment) ?? text(fields(job.environment).name);
      const parts = ["before_script", "script", "after_script"].flatMap((key) => lines(job[key] ?? all[key]));
      return {
        name,
        commands: parts,
        environment,
        tier: text(fields(job.environment).deployment_tier),
        resourceGroup: text(job.resource_group),
        isProtected: isProtected(fieldsList(job.rules)),
        writtenBy: text(fieldsList(fields(job.trigger).include)[0]?.job),
      };
    });
}

function lines(script: unknown): readonly string[] {
  return typeof script === "string" ? [script] : strings(script);
}

/** Both hold on the protected default branch only; in a merge request's pipeline the first is never true. */
const CONDITIONS = ["$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH", '$CI_COMMIT_REF_PROTECTED == "true"'];

/** Every rule by which the job runs asks for both; an alternative (`||`) is not analysed, and so does not count. */
function isProtected(rules: readonly Fields[]): boolean {
  const running = rules.filter((rule) => rule.when !== "never");
  return (
    running.length > 0 &&
    running.every((rule) => {
      const condition = text(rule.if) ?? "";
      const parts = condition.split("&&").map((part) => part.trim());
      return !condition.includes("||") && CONDITIONS.every((wanted) => parts.includes(wanted));
    })
  );
}
