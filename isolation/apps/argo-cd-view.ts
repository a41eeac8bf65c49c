import { SECRET_TYPE_LABEL } from "../../constructs/apps/argo-cd.ts";
import { serverAt, serverPort } from "../../constructs/definition/api-server.ts";
import type { CustomerLane } from "../model/estate.ts";
import { type Fields, fields, fieldsList, strings, text } from "../model/fields.ts";
import type { EstateView, OwnedObject } from "../model/view.ts";
import { isPattern, mayMean } from "./glob.ts";

/** A place that a project allows, or an Application names: by server or by the name of a registered cluster. */
export interface Target {
  readonly server: string | undefined;
  readonly name: string | undefined;
  readonly namespace: string | undefined;
}

/** An object of Argo CD's, with the customer whose file it comes from. */
interface Told {
  readonly object: string;
  readonly owner: string;
  readonly manifest: OwnedObject["manifest"];
  readonly spec: Fields;
}

export interface ProjectView extends Told {
  readonly repositories: readonly string[];
  readonly targets: readonly Target[];
}

export interface ApplicationView extends Told {
  readonly project: string | undefined;
  readonly repositories: readonly string[];
  readonly target: Target;
}

/** A Secret that registers a cluster. */
export interface ClusterView extends Told {
  readonly data: Fields;
}

/** Everything that Argo CD is given in an estate. */
export interface ArgoCdView {
  readonly projects: readonly ProjectView[];
  readonly applications: readonly ApplicationView[];
  readonly clusters: readonly ClusterView[];
  /** Customers that a target takes in. */
  readonly reached: (target: Target) => readonly CustomerLane[];
}

/** Reads what Argo CD is given, no matter whose file it comes from. */
export function readArgoCd(view: EstateView): ArgoCdView {
  const of = (kind: string): readonly Told[] =>
    view.objects
      .filter(({ manifest }) => manifest.kind === kind)
      .map(({ manifest, object, owner }) => ({ manifest, object, owner, spec: fields(manifest.spec) }));
  const servers = serverIndex(view.customers);
  return {
    projects: of("AppProject").map((given) => ({
      ...given,
      repositories: strings(given.spec.sourceRepos),
      targets: fieldsList(given.spec.destinations).map(readTarget),
    })),
    applications: of("Application").map((given) => ({
      ...given,
      project: text(given.spec.project),
      repositories: [fields(given.spec.source), ...fieldsList(given.spec.sources)].flatMap(
        ({ repoURL }) => text(repoURL) ?? [],
      ),
      target: readTarget(fields(given.spec.destination)),
    })),
    clusters: of("Secret")
      .filter(({ manifest }) => fields(manifest.metadata.labels)[SECRET_TYPE_LABEL] !== undefined)
      .map((given) => ({ ...given, data: fields(given.manifest.stringData) })),
    reached: (target) => reachedBy(target, view.customers, servers),
  };
}

/** The ways in which a customer's API server can be written. */
export function serversOf({ endpoint }: Pick<CustomerLane, "endpoint">): readonly string[] {
  if (endpoint === undefined) {
    return [];
  }
  const { hostname, addresses, server, proxy } = endpoint;
  const hosts = [...(proxy === undefined ? addresses : []), hostname.replace(/^\[|\]$/g, "")];
  return hosts.map((host) => serverAt(server, host, serverPort(server)));
}

function readTarget(destination: Fields): Target {
  return {
    server: text(destination.server),
    name: text(destination.name),
    namespace: text(destination.namespace),
  };
}

function serverIndex(lanes: readonly CustomerLane[]): ReadonlyMap<string, readonly CustomerLane[]> {
  const index = new Map<string, CustomerLane[]>();
  for (const lane of lanes) {
    for (const server of serversOf(lane)) {
      index.set(server, [...(index.get(server) ?? []), lane]);
    }
  }
  return index;
}

function reachedBy(
  { server, name, namespace }: Target,
  lanes: readonly CustomerLane[],
  servers: ReadonlyMap<string, readonly CustomerLane[]>,
): readonly CustomerLane[] {
  const byServer =
    server === undefined
      ? []
      : isPattern(server)
        ? lanes.filter((lane) => serversOf(lane).some((own) => mayMean(server, own)))
        : (servers.get(server) ?? []);
  const byName = name === undefined ? [] : lanes.filter((lane) => mayMean(name, lane.name));
  return [...new Set([...byServer, ...byName])].filter(
    ({ endpoint }) => namespace === undefined || endpoint === undefined || mayMean(namespace, endpoint.namespace),
  );
}

/** A target as people read it. */
export function showTarget({ server, name, namespace }: Target): string {
  return `namespace ${namespace ?? "(any)"} of ${server ?? `cluster ${name ?? "(none)"}`}`;
}
