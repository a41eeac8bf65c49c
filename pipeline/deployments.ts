import { mistake, type UserError } from "../constructs/definition/problem.ts";

/** A project in GitLab, as a job in its pipelines reaches it. */
export interface Project {
  /** Root of the API, from CI_API_V4_URL. */
  readonly api: string;
  /** Number of the project, from CI_PROJECT_ID. */
  readonly id: string;
  /** Token of the running job, which may read the project's deployments. */
  readonly token: string;
}

/** The fields of a deployment that are read. */
export interface Deployment {
  /** Its commit. */
  readonly sha: string;
  /** `success`, or else created, running, failed, canceled and the like. */
  readonly status: string;
  /** When GitLab planned it. */
  readonly created_at: string;
  /** Its job; null once GitLab has deleted that. */
  readonly deployable: { readonly finished_at: string | null } | null;
}

/** Timeout for GitLab, in seconds. */
const LIMIT_SECONDS = 30;

/** The environment of a stack, under which GitLab keeps its variables, its lock and its deployments. */
export function environmentOf(stack: string): string {
  return stack === "platform" ? stack : `customers/${stack}`;
}

/** The project of the job that runs. @throws UserError outside GitLab */
export function projectOfJob(environment: NodeJS.ProcessEnv = process.env): Project {
  const { CI_API_V4_URL: api = "", CI_PROJECT_ID: id = "", CI_JOB_TOKEN: token = "" } = environment;
  if (api === "" || id === "" || token === "") {
    throw mistake(
      "CI_API_V4_URL, CI_PROJECT_ID, CI_JOB_TOKEN: received nothing for one of them",
      "GitLab knows what is deployed, and a job in its pipelines may ask",
      "run it in a pipeline; by hand, leave out --deployed",
    );
  }
  return { api, id, token };
}

/** GitLab sorts by a time only if a span is requested: this one covers everything. */
const EVER = "1970-01-01T00:00:00Z";

/** Entries per page, GitLab's maximum. */
const PAGE = 100;

/**
 * A stack's last successful deployment, or undefined if there is none.
 * @see https://docs.gitlab.com/api/deployments/
 * @throws UserError if GitLab does not answer
 */
export async function lastDeployed(project: Project, stack: string): Promise<Deployment | undefined> {
  const query = { status: "success", order_by: "finished_at", finished_after: EVER, sort: "desc", per_page: "1" };
  const [last] = await deployments(project, stack, query);
  return last;
}

/**
 * A stack's deployments that changed after the end of this one, whatever their outcome and whether or not they have
 * ended; the latest first. This one may be among them.
 * @throws UserError if GitLab does not answer
 */
export async function triedSince(project: Project, stack: string, last: Deployment): Promise<readonly Deployment[]> {
  const since = last.deployable?.finished_at ?? last.created_at;
  return everyPage((page) =>
    deployments(project, stack, { order_by: "updated_at", updated_after: since, sort: "desc", ...page }),
  );
}

/**
 * Customers that have an environment which no job has stopped, as `<name>:destroy` does; sorted.
 * @see https://docs.gitlab.com/api/environments/
 * @throws UserError if GitLab does not answer
 */
export async function livingCustomers(project: Project): Promise<readonly string[]> {
  const query = { search: environmentOf(""), states: "available" };
  const found = await everyPage((page) =>
    ask<{ readonly name: string }>(project, "environments", { ...query, ...page }, "the environments"),
  );
  return found.flatMap(({ name }) => CUSTOMER_ENVIRONMENT.exec(name)?.[1] ?? []).sort();
}

/** Others below `customers/` are not Nightlane's. */
const CUSTOMER_ENVIRONMENT = /^customers\/([a-z0-9]([a-z0-9-]*[a-z0-9])?)$/;

function deployments(
  project: Project,
  stack: string,
  filter: Readonly<Record<string, string>>,
): Promise<readonly Deployment[]> {
  const environment = environmentOf(stack);
  return ask(project, "deployments", { environment, ...filter }, `the deployments of ${environment}`);
}

async function everyPage<T>(read: (page: Readonly<Record<string, string>>) => Promise<readonly T[]>) {
  const all: T[] = [];
  for (let page = 1, isLast = false; !isLast; page += 1) {
    const found = await read({ per_page: String(PAGE), page: String(page) });
    all.push(...found);
    isLast = found.length < PAGE;
  }
  return all;
}

async function ask<T>(
  { api, id, token }: Project,
  what: "deployments" | "environments",
  query: Readonly<Record<string, string>>,
  asked: string,
): Promise<readonly T[]> {
  const refused = (why: string): UserError =>
    mistake(
      `${asked}: received ${why}`,
      `the project's ${what} can be read with the token of a job (GitLab 16.2 or newer)`,
      "retry the job once GitLab answers; check Settings, CI/CD, Job token permissions",
    );
  let response: Response;
  try {
    response = await fetch(`${api}/projects/${encodeURIComponent(id)}/${what}?${new URLSearchParams(query)}`, {
      headers: { "JOB-TOKEN": token },
      // A redirect would take the token wherever it leads.
      redirect: "error",
      signal: AbortSignal.timeout(LIMIT_SECONDS * 1000),
    });
  } catch (error) {
    throw refused(error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : "");
  }
  if (!response.ok) {
    throw refused(`status ${response.status}`);
  }
  return (await response.json()) as readonly T[];
}
