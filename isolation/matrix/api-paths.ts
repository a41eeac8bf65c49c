import { customerOf, type EstateView } from "../model/view.ts";
import type { BindingView } from "../rbac/bindings.ts";
import { platformIdentity } from "../rbac/platform-identities.ts";
import { type Permission, showPermission } from "../rbac/policy-rule.ts";
import { reachesSecrets, runsPods } from "../rbac/powers.ts";
import { type Subject, subjectName } from "../rbac/subject.ts";
import type { Customers, PathGroup } from "./path.ts";

/** Permissions named in one description. */
const SHOWN = 4;

/** What bindings let the identities of one customer do in the lane of another, through the API server. */
export function apiPaths(view: EstateView): readonly PathGroup[] {
  const homes = homesOfNamed(view);
  return view.rbac.bindings.flatMap((binding) => {
    const lane = binding.namespace === undefined ? undefined : view.laneByNamespace.get(binding.namespace);
    if (binding.namespace !== undefined && lane === undefined) {
      // Rights in a namespace of the platform lead to no lane by themselves.
      return [];
    }
    const to: Customers = lane === undefined ? "all" : [lane.name];
    return binding.subjects.flatMap((subject) => {
      const from = customersBehind(view, subject, homes);
      const crosses = from === "all" || to === "all" || from.some((name) => !to.includes(name));
      return crosses && from.length > 0 ? describe(binding, subject, from, to) : [];
    });
  });
}

/** The customers whose pods or people act under a subject. */
function customersBehind(view: EstateView, subject: Subject, homes: ReadonlyMap<string, readonly string[]>): Customers {
  if (subject.kind === "everyone") {
    return "all";
  }
  const own = customerOf(view, subject);
  return own === undefined ? (homes.get(subjectName(subject)) ?? []) : [own.name];
}

/**
 * Users and groups that lanes bind are their customers' people. One that two lanes bind is a way between them, unless it
 * serves all lanes by the platform's list.
 */
function homesOfNamed(view: EstateView): ReadonlyMap<string, readonly string[]> {
  const homes = new Map<string, Set<string>>();
  for (const { namespace, subjects } of view.rbac.bindings) {
    const lane = namespace === undefined ? undefined : view.laneByNamespace.get(namespace);
    for (const subject of lane === undefined ? [] : subjects) {
      const isKnown = customerOf(view, subject) !== undefined || platformIdentity(subject) !== undefined;
      if (lane !== undefined && !isKnown && subject.kind !== "everyone" && subject.kind !== "malformed") {
        const known = homes.get(subjectName(subject)) ?? new Set();
        homes.set(subjectName(subject), known.add(lane.name));
      }
    }
  }
  return new Map([...homes].map(([name, lanes]) => [name, [...lanes]]));
}

function describe(binding: BindingView, subject: Subject, from: Customers, to: Customers): readonly PathGroup[] {
  const permissions = binding.role?.permissions.filter(({ group }) => group !== undefined);
  const objects = [binding.object, ...(binding.role === undefined ? [] : [binding.role.object])];
  const group = (kind: PathGroup["kind"], how: string): PathGroup => ({ kind, from, to, state: "open", how, objects });
  if (permissions === undefined) {
    const how = `${subjectName(subject)} has ${binding.roleKind} ${binding.roleName}, which no manifest declares`;
    return [group("API", how), group("secret", `${how} and which may read Secrets`)];
  }
  if (permissions.length === 0) {
    return [];
  }
  const secrets = permissions.filter((permission) => reachesSecrets(permission) || runsPods(permission));
  return [
    group("API", `${subjectName(subject)} may ${shown(permissions)}`),
    ...(secrets.length === 0
      ? []
      : [group("secret", `${subjectName(subject)} may ${shown(secrets)}, and so come by the credential`)]),
  ];
}

function shown(permissions: readonly Permission[]): string {
  const more = permissions.length > SHOWN ? ` and ${permissions.length - SHOWN} more` : "";
  return `${permissions.slice(0, SHOWN).map(showPermission).join(", ")}${more}`;
}
