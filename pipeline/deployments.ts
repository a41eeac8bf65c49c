import { UserError } from "../constructs/definition/problem.ts";

/** A project in GitLab, as a job of its pipelines reaches it. */
export interface Project {
  /** Root of the API, as CI_API_V4_URL has it. */
  readonly api: string;
  /** Number of the project, as CI_PROJECT_ID has it. */
  readonly id: string;
  /** Token of the running job, which may read the project's deployments. */
  readonly token: string;
}

/** Seconds after which GitLab is given up. */
const LIMIT_SECONDS = 30;

/** The environment of a stack, under which GitLab keeps its variables, its lock and its deployments. */
export function environmentOf(stack: string): string {
  return stack === "platform" ? stack : `customers/${stack}`;
}

/** The project of the job that runs. @throws UserError outside of GitLab */
export function projectOfJob(environment: NodeJS.ProcessEnv = process.env): Project {
  const { CI_API_V4_URL: api = "", CI_PROJECT_ID: id = "", CI_JOB_TOKEN: token = "" } = environment;
  if (api === "" || id === "" || token === "") {
    throw new UserError(
      "CI_API_V4_URL, CI_PROJECT_ID, CI_JOB_TOKEN: received nothing for one of them\n" +
        "    rule: what is deployed is known to GitLab, and a job of its pipelines may ask\n" +
        "    mend: run it in a pipeline; by hand, leave out --deployed",
    );
  }
  return { api, id, token };
}

/**
 * The commit that a stack was last deployed from, or undefined if it never was.
 * @see https://docs.gitlab.com/api/deployments/
 * @throws UserError if GitLab does not say
 */
export async function lastDeployed(project: Project, stack: string): Promise<string | undefined> {
  const query = new URLSearchParams({
    environment: environmentOf(stack),
    status: "success",
    order_by: "finished_at",
    sort: "desc",
    per_page: "1",
  });
  const path = `projects/${encodeURIComponent(project.id)}/deployments?${query}`;
  const [last]: readonly { readonly sha: string }[] = await ask(project, path, stack);
  return last?.sha;
}

async function ask<T>({ api, token }: Project, path: string, stack: string): Promise<T> {
  const refused = (why: string): UserError =>
    new UserError(
      `the deployments of ${environmentOf(stack)}: received ${why}\n` +
        "    rule: the project's deployments can be read with the token of a job (GitLab 16.2 or newer)\n" +
        "    mend: retry the job once GitLab answers; look at Settings, CI/CD, Job token permissions",
    );
  let response: Response;
  try {
    response = await fetch(`${api}/${path}`, {
      headers: { "JOB-TOKEN": token },
      // A redirect would carry the token to wherever it leads.
      redirect: "error",
      signal: AbortSignal.timeout(LIMIT_SECONDS * 1000),
    });
  } catch (error) {
    throw refused(error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : "");
  }
  if (!response.ok) throw refused(`status ${response.status}`);
  return (await response.json()) as T;
}
