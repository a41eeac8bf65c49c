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

/** One deployment, as far as it is read. */
export interface Deployment {
  /** The commit that it is of. */
  readonly sha: string;
  /** `success`, or else created, running, failed, canceled and the like. */
  readonly status: string;
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
        "    fix: run it in a pipeline; by hand, leave out --deployed",
    );
  }
  return { api, id, token };
}

/** GitLab sorts by a time only where it is asked for a span of it: this one is all of it. */
const EVER = "1970-01-01T00:00:00Z";

/** Environments on one page, the most that GitLab gives. */
const PAGE = 100;

/**
 * The commit of the last deployment of a stack that ended well, or undefined if there is none.
 * @see https://docs.gitlab.com/api/deployments/
 * @throws UserError if GitLab does not say
 */
export async function lastDeployed(project: Project, stack: string): Promise<string | undefined> {
  const last = await newest(project, stack, { status: "success", order_by: "finished_at", finished_after: EVER });
  return last?.sha;
}

/**
 * The deployment of a stack of which something became last, however it ended and whether or not it has.
 * @throws UserError if GitLab does not say
 */
export async function lastTried(project: Project, stack: string): Promise<Deployment | undefined> {
  return newest(project, stack, { order_by: "updated_at", updated_after: EVER });
}

/**
 * Customers that have an environment which no job has stopped, as `<name>:destroy` does; sorted.
 * @see https://docs.gitlab.com/api/environments/
 * @throws UserError if GitLab does not say
 */
export async function livingCustomers(project: Project): Promise<readonly string[]> {
  const names: string[] = [];
  for (let page = 1, isLast = false; !isLast; page += 1) {
    const query = { search: environmentOf(""), states: "available", per_page: String(PAGE), page: String(page) };
    const found: readonly { readonly name: string }[] = await ask(project, "environments", query, "the environments");
    names.push(...found.flatMap(({ name }) => CUSTOMER_ENVIRONMENT.exec(name)?.[1] ?? []));
    isLast = found.length < PAGE;
  }
  return names.sort();
}

/** Others below `customers/` are none of ours. */
const CUSTOMER_ENVIRONMENT = /^customers\/([a-z0-9]([a-z0-9-]*[a-z0-9])?)$/;

async function newest(
  project: Project,
  stack: string,
  filter: Readonly<Record<string, string>>,
): Promise<Deployment | undefined> {
  const environment = environmentOf(stack);
  const query = { environment, ...filter, sort: "desc", per_page: "1" };
  const [last]: readonly Deployment[] = await ask(project, "deployments", query, `the deployments of ${environment}`);
  return last;
}

async function ask<T>(
  { api, id, token }: Project,
  what: "deployments" | "environments",
  query: Readonly<Record<string, string>>,
  asked: string,
): Promise<T> {
  const refused = (why: string): UserError =>
    new UserError(
      `${asked}: received ${why}\n` +
        `    rule: the project's ${what} can be read with the token of a job (GitLab 16.2 or newer)\n` +
        "    fix: retry the job once GitLab answers; look at Settings, CI/CD, Job token permissions",
    );
  let response: Response;
  try {
    response = await fetch(`${api}/projects/${encodeURIComponent(id)}/${what}?${new URLSearchParams(query)}`, {
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
