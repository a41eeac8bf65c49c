import { readArgoCd, showTarget } from "../apps/argo-cd-view.ts";
import type { CustomerLane } from "../model/estate.ts";
import { text } from "../model/fields.ts";
import type { EstateView } from "../model/view.ts";
import type { Customers, PathGroup } from "./path.ts";

/** What Argo CD would put into one customer's cluster because of another's file. */
export function argoCdPaths(view: EstateView): readonly PathGroup[] {
  const { projects, applications, clusters, reached } = readArgoCd(view);
  const group = (
    owner: string,
    lanes: readonly CustomerLane[],
    state: PathGroup["state"],
    how: string,
    objects: readonly string[],
  ): readonly PathGroup[] => {
    // Any customer's Application may use what the platform gives it.
    const from: Customers = view.laneByName.has(owner) ? [owner] : "all";
    const to = lanes.map(({ name }) => name).filter((name) => from === "all" || name !== owner);
    return to.length === 0 ? [] : [{ kind: "Argo CD", from, to, state, how, objects }];
  };
  return [
    ...projects.flatMap(({ owner, object, targets }) =>
      targets.flatMap((target) =>
        group(owner, reached(target), "open", `its project allows ${showTarget(target)}`, [object]),
      ),
    ),
    ...applications.flatMap(({ owner, object, target, project }) => {
      const own = projects.find(({ manifest }) => manifest.metadata.name === project);
      const lanes = reached(target);
      const allowed = new Set(own?.targets.flatMap(reached));
      const isOpen = own === undefined || lanes.some((lane) => allowed.has(lane));
      const how = `its application goes to ${showTarget(target)}`;
      return [
        ...group(owner, lanes, isOpen ? "open" : "half", isOpen ? how : `${how}; its project still refuses`, [object]),
        ...(own === undefined || own.owner === owner
          ? []
          : group(owner, [...allowed], "half", `its application is of project ${project}`, [object])),
      ];
    }),
    ...clusters.flatMap(({ owner, object, data }) =>
      group(
        owner,
        reached({ server: text(data.server), name: undefined, namespace: undefined }),
        "half",
        "registers the other's API server, for which it has no credential of the other's",
        [object],
      ),
    ),
  ];
}
