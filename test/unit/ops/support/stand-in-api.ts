import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { SYSTEM_NAMESPACE } from "../../../../constructs/definition/central-cluster.ts";
import { laneNamespace } from "../../../../runs/lane-namespace.ts";
import type { NightAct, NightActStatus } from "../../../../runs/night-act.ts";
import { isOver, neverStarted } from "../../../../runs/phases.ts";
import {
  CUSTOMER_LABEL,
  DATE_LABEL,
  ENDED_LABEL,
  PHASE_LABEL,
  type RunFacts,
  recordName,
} from "../../../../runs/run-record.ts";
import type { CronWorkflow } from "../../../../runs/schedule.ts";
import type { Workflow } from "../../../../runs/workflow.ts";
import { temporaryFolder } from "../../../support/folders.ts";

/** What a lane holds. */
export interface StandInLane {
  readonly cron?: CronWorkflow;
  /** Schedules of further nights. */
  readonly further?: readonly CronWorkflow[];
  readonly workflows?: readonly Workflow[];
}

/** How requests go wrong: an HTTP status, a broken connection, no answer at all, or a login page. */
export type Misbehaviour = number | "reset" | "silent" | "html";

/**
 * Answers the command as an API server does, and misbehaves on demand: a real one cannot be made
 * to say 503 of a single lane.
 */
export class StandInApi {
  /** By namespace, or `*` for all: what becomes of the next so many requests. */
  readonly trouble = new Map<string, { readonly how: Misbehaviour; times: number }>();
  /** Requests so far, `GET /path`. */
  readonly requests: string[] = [];
  /** Called with each request, `GET /path`, before it is answered. */
  onRequest: (request: string) => void = () => {};
  /** How many acts are taken of which the answer is lost. */
  lostAnswers = 0;
  /** Whether the user may list what all lanes have at once. */
  seesAllLanes = false;
  /** How far nightwatch gets with an act at once; undefined where it is down. */
  nightwatch: (act: NightAct) => NightActStatus | undefined = () => ({
    phase: "Done",
    message: "it was carried out",
    at: new Date().toISOString(),
  });
  /** Acts that were asked for, by name. */
  readonly acts = new Map<string, NightAct>();
  /** Most requests that were under way at once. */
  mostAtOnce = 0;
  private atOnce = 0;
  private readonly lanes = new Map<string, StandInLane>();
  private readonly records = new Map<string, RunFacts>();

  private constructor(private readonly server: Server) {
    server.on("request", (request, response) => void this.answer(request, response));
  }

  static async start(): Promise<StandInApi> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return new StandInApi(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Path of a kubeconfig that names this server. */
  kubeconfig(): string {
    const file = join(temporaryFolder(), "kubeconfig");
    const content = {
      "current-context": "central",
      clusters: [{ name: "central", cluster: { server: this.url, "insecure-skip-tls-verify": true } }],
      users: [{ name: "anna", user: { token: "secret" } }],
      contexts: [{ name: "central", context: { cluster: "central", user: "anna" } }],
    };
    writeFileSync(file, JSON.stringify(content));
    return file;
  }

  lane(customer: string, lane: StandInLane): void {
    this.lanes.set(laneNamespace(customer), lane);
  }

  record(facts: RunFacts): void {
    this.records.set(recordName(facts.customer, facts.night), facts);
  }

  /** A workflow of a lane as it is now. */
  workflow(customer: string, name: string): Workflow | undefined {
    return this.lanes.get(laneNamespace(customer))?.workflows?.find(({ metadata }) => metadata.name === name);
  }

  replaceWorkflow(customer: string, workflow: Workflow): void {
    const namespace = laneNamespace(customer);
    const lane = this.lanes.get(namespace) ?? {};
    const others = (lane.workflows ?? []).filter(({ metadata }) => metadata.name !== workflow.metadata.name);
    this.lanes.set(namespace, { ...lane, workflows: [...others, workflow] });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", this.url);
    this.requests.push(`${request.method} ${url.pathname}`);
    this.onRequest(`${request.method} ${url.pathname}`);
    this.atOnce += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.atOnce);
    response.on("close", () => {
      this.atOnce -= 1;
    });
    const namespace = /namespaces\/([^/]+)/.exec(url.pathname)?.[1] ?? "";
    const trouble = this.trouble.get(namespace) ?? this.trouble.get("*");
    if (trouble !== undefined && trouble.times > 0) {
      trouble.times -= 1;
      misbehave(trouble.how, request, response);
      return;
    }
    const body = await bodyOf(request);
    // Answers take a moment, so that requests overlap as they do over a network.
    setTimeout(() => {
      const found = this.find(request, url, namespace, body);
      if (request.method === "POST" && url.pathname.endsWith("/nightacts") && this.lostAnswers > 0) {
        this.lostAnswers -= 1;
        request.socket.destroy();
        return;
      }
      const [status, content] =
        found === undefined ? [404, status404(url.pathname)] : found === FORBIDDEN ? [403, found] : [200, found];
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(content));
    }, 2);
  }

  private find(request: IncomingMessage, url: URL, namespace: string, body: string): object | undefined {
    const [, plural, name] = /namespaces\/[^/]+\/([^/]+)(?:\/([^/]+))?$/.exec(url.pathname) ?? [];
    const heads = (request.headers.accept ?? "").includes("PartialObjectMetadataList");
    const isTable = (request.headers.accept ?? "").includes("as=Table");
    const lane = this.lanes.get(namespace);
    switch (plural) {
      case undefined:
        return url.pathname.endsWith("/selfsubjectreviews")
          ? { status: { userInfo: { username: "anna@vendor.example" } } }
          : url.pathname === "/api/v1/namespaces"
            ? { items: [...this.lanes.keys()].map(namespaceObject), metadata: {} }
            : this.ofAllLanes(url);
      case "cronworkflows":
        return cronsOf(lane, name);
      case "workflows":
        if (name === undefined) {
          const items = lane?.workflows ?? [];
          return { items: heads ? items.map(({ metadata }) => ({ metadata })) : items, metadata: {} };
        }
        return this.ofLane(namespace, name);
      case "nightacts":
        return request.method === "POST"
          ? this.take(JSON.parse(body) as NightAct, url.searchParams.has("dryRun"))
          : name === undefined
            ? { items: this.actsIn(namespace), metadata: {} }
            : this.acts.get(name);
      case "runrecords":
        return namespace === SYSTEM_NAMESPACE ? this.recordAnswer(url, name, isTable) : undefined;
      default:
        return undefined;
    }
  }

  private ofAllLanes(url: URL): object | undefined {
    const lanes = [...this.lanes.values()];
    const items = url.pathname.endsWith("/cronworkflows")
      ? lanes.flatMap(({ cron, further = [] }) => [...(cron === undefined ? [] : [cron]), ...further])
      : url.pathname.endsWith("/workflows")
        ? lanes.flatMap(({ workflows }) => (workflows ?? []).filter(isRunning))
        : url.pathname.endsWith("/nightacts")
          ? this.actsIn()
          : undefined;
    return items === undefined ? undefined : this.seesAllLanes ? page(url, items) : FORBIDDEN;
  }

  private ofLane(namespace: string, name: string): Workflow | undefined {
    return this.lanes.get(namespace)?.workflows?.find(({ metadata }) => metadata.name === name);
  }

  /** @param namespace @default - of all */
  private actsIn(namespace?: string): readonly NightAct[] {
    return [...this.acts.values()].filter(({ metadata }) => (namespace ?? metadata.namespace) === metadata.namespace);
  }

  private take(act: NightAct, dryRun: boolean): NightAct {
    const status = this.nightwatch(act);
    if (!dryRun) {
      this.acts.set(act.metadata.name, { ...act, ...(status === undefined ? {} : { status }) });
    }
    return act;
  }

  private recordAnswer(url: URL, name: string | undefined, isTable: boolean): object | undefined {
    if (name !== undefined) {
      const facts = this.records.get(name);
      return facts === undefined ? undefined : recordObject(name, facts);
    }
    const selector = url.searchParams.get("labelSelector") ?? "";
    const all = [...this.records].map(([key, facts]) => recordObject(key, facts));
    const records = all.filter(({ metadata }) => isSelected(metadata.labels, selector));
    return isTable ? tableOf(records) : page(url, records);
  }
}

function tableOf(records: readonly ReturnType<typeof recordObject>[]): object {
  return {
    kind: "Table",
    columnDefinitions: ["Name", "Customer", "Date", "Phase", "Created"].map((name) => ({ name })),
    rows: records.map(({ metadata, spec }) => ({
      cells: [metadata.name, spec.customer, metadata.labels[DATE_LABEL], spec.phase, metadata.creationTimestamp],
    })),
  };
}

/** Answer to users who may see single lanes only. */
const FORBIDDEN = { kind: "Status", message: "it is forbidden to list that at the cluster scope" };

/** The part of a list that was asked for. */
function page(url: URL, all: readonly object[]): object {
  const limit = Number(url.searchParams.get("limit") ?? all.length);
  const from = Number(url.searchParams.get("continue") ?? 0);
  const next = from + limit < all.length ? { continue: String(from + limit) } : {};
  return { items: all.slice(from, from + limit), metadata: next };
}

function isRunning({ metadata }: Workflow): boolean {
  return metadata.labels?.["workflows.argoproj.io/completed"] !== "true";
}

function misbehave(how: Misbehaviour, request: IncomingMessage, response: ServerResponse): void {
  if (how === "reset") {
    request.socket.destroy();
  } else if (how === "html") {
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end("<html>Please log in</html>");
  } else if (how !== "silent") {
    const message = how === 503 ? "etcdserver: leader changed" : `answer ${how}`;
    response.writeHead(how, { "content-type": "application/json" }).end(JSON.stringify({ kind: "Status", message }));
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request) {
    body += String(chunk);
  }
  return body;
}

function status404(path: string): object {
  return { kind: "Status", message: `${path} not found` };
}

function namespaceObject(name: string): object {
  return { metadata: { name, labels: { [CUSTOMER_LABEL]: name.replace("customer-", "") } } };
}

function recordObject(name: string, facts: RunFacts) {
  const date = facts.businessDate ?? facts.expectedDate;
  const labels = {
    [CUSTOMER_LABEL]: facts.customer,
    [PHASE_LABEL]: facts.phase,
    ...(date === undefined ? {} : { [DATE_LABEL]: date }),
    ...(isOver(facts) || neverStarted(facts) ? { [ENDED_LABEL]: "true" } : {}),
  };
  return { metadata: { name, labels, creationTimestamp: facts.startedAt ?? facts.scheduledAt }, spec: facts };
}

/** Whether labels match a selector, as the API server reads it. */
function isSelected(labels: Readonly<Record<string, string>>, selector: string): boolean {
  return selector.split(/,(?![^(]*\))/).every((term) => {
    const [, not, key = "", operator = "", listed = ""] =
      /^(!?)([^ =!]+)(?:(=| in \(| notin \()([^)]*)\)?)?$/.exec(term) ?? [];
    const value = labels[key];
    const isOneOf = value !== undefined && listed.split(",").includes(value);
    if (operator === "") {
      return (value === undefined) === (not === "!");
    }
    return operator === " notin (" ? !isOneOf : isOneOf;
  });
}

/** The schedule of a name, or the list of all of a lane. */
function cronsOf(lane: StandInLane | undefined, name: string | undefined): object | undefined {
  const all = [...(lane?.cron === undefined ? [] : [lane.cron]), ...(lane?.further ?? [])];
  return name === undefined ? { items: all, metadata: {} } : all.find(({ metadata }) => metadata.name === name);
}
