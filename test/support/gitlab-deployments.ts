import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** One deployment as GitLab notes it. */
interface Deployment {
  readonly environment: string;
  readonly sha: string;
  readonly status: "success" | "failed";
}

/** GitLab's deployments of one project, as far as we ask for them: the last that ended well comes first. */
export class GitlabDeployments {
  readonly token = "canary-job-token";
  /** What was asked for, environment by environment. */
  readonly asked: string[] = [];
  /** Answers with this status instead, while it is set. */
  status: number | undefined;
  private readonly deployments: Deployment[] = [];
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? "", "http://gitlab.example");
      const environment = searchParams.get("environment") ?? "";
      this.asked.push(environment);
      const isOurs = request.headers["job-token"] === this.token && pathname === "/projects/42/deployments";
      const wanted = searchParams.get("status");
      const isLast = searchParams.get("order_by") === "finished_at" && searchParams.get("sort") === "desc";
      const found = this.deployments.filter((each) => each.environment === environment && each.status === wanted);
      response.writeHead(this.status ?? (isOurs && isLast ? 200 : 404), { "content-type": "application/json" });
      response.end(JSON.stringify(found.toReversed().slice(0, Number(searchParams.get("per_page")))));
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

  /** Notes the end of a deployment. */
  note(environment: string, sha: string, status: Deployment["status"] = "success"): void {
    this.deployments.push({ environment, sha, status });
  }

  /** What GitLab tells a job of itself. */
  get variables(): Readonly<Record<string, string>> {
    const { port } = this.server.address() as AddressInfo;
    return { CI_API_V4_URL: `http://127.0.0.1:${port}`, CI_PROJECT_ID: "42", CI_JOB_TOKEN: this.token };
  }
}
