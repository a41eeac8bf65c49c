import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** One deployment as GitLab notes it. */
interface Deployment {
  readonly environment: string;
  readonly sha: string;
  readonly status: "created" | "running" | "success" | "failed" | "canceled";
  /** When it got that status. */
  readonly updated_at: string;
}

const EARLIER = "2025-12-31T00:00:00.000Z";

/** GitLab's environments and deployments of one project, as far as Nightlane asks for them. */
export class GitlabDeployments {
  readonly token = "canary-job-token";
  /** What was asked for, environment by environment. */
  readonly asked: string[] = [];
  /** Answers with this status instead, while it is set. */
  status: number | undefined;
  private readonly deployments: Deployment[] = [];
  private readonly available = new Set<string>();
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? "", "http://gitlab.example");
      this.asked.push(searchParams.get("environment") ?? "");
      const isOurs = request.headers["job-token"] === this.token;
      const found = isOurs ? this.answer(pathname, searchParams) : undefined;
      response.writeHead(this.status ?? (found ? 200 : 404), { "content-type": "application/json" });
      response.end(JSON.stringify(found ?? {}));
    });
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return this;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  /** Records the latest status of a deployment. */
  note(environment: string, sha: string, status: Deployment["status"] = "success"): void {
    this.available.add(environment);
    const updated_at = new Date(Date.UTC(2026, 0, 1, 0, 0, this.deployments.length)).toISOString();
    this.deployments.push({ environment, sha, status, updated_at });
  }

  /** Records that a job with the action `stop` ended well. Its deployments stay. */
  noteStop(environment: string): void {
    this.available.delete(environment);
  }

  /** What GitLab tells a job about itself. */
  get variables(): Readonly<Record<string, string>> {
    const { port } = this.server.address() as AddressInfo;
    return { CI_API_V4_URL: `http://127.0.0.1:${port}`, CI_PROJECT_ID: "42", CI_JOB_TOKEN: this.token };
  }

  private answer(path: string, query: URLSearchParams): readonly object[] | undefined {
    const perPage = Number(query.get("per_page"));
    const from = (Number(query.get("page") ?? "1") - 1) * perPage;
    if (path === "/projects/42/environments" && query.get("states") === "available") {
      const found = [...this.available].filter((name) => name.startsWith(query.get("search") ?? ""));
      return found.map((name) => ({ name, state: "available" })).slice(from, from + perPage);
    }
    if (path !== "/projects/42/deployments" || query.get("sort") !== "desc" || !isAllowed(query)) {
      return undefined;
    }
    const [environment, status] = [query.get("environment"), query.get("status")];
    const after = query.get("updated_after") ?? "";
    const found = this.deployments.filter(
      (each) =>
        each.environment === environment && (status === null || each.status === status) && each.updated_at >= after,
    );
    return found
      .toReversed()
      .slice(from, from + perPage)
      .map(({ updated_at, ...each }) => ({
        ...each,
        // GitLab creates a deployment with its pipeline, long before a person starts its wave.
        created_at: EARLIER,
        updated_at,
        deployable: { finished_at: updated_at },
      }));
  }
}

/**
 * GitLab refuses to sort by a time without a span of it, and by the end of what has not ended well.
 * @see https://docs.gitlab.com/api/deployments/#list-all-project-deployments
 */
function isAllowed(query: URLSearchParams): boolean {
  switch (query.get("order_by")) {
    case "finished_at":
      return query.has("finished_after") && query.get("status") === "success";
    case "updated_at":
      return query.has("updated_after");
    default:
      return false;
  }
}
