import type { Api } from "../../support/api.ts";

/** A resource or subresource that the API server serves. */
export interface ServedResource {
  readonly group: string;
  /** `pods`, or `pods/exec`. */
  readonly resource: string;
  readonly namespaced: boolean;
  /** Where its group's objects are served: `/api/v1`, `/apis/apps/v1`. */
  readonly base: string;
  readonly verbs: readonly string[];
}

interface ResourceList {
  readonly resources: readonly {
    readonly name: string;
    readonly namespaced: boolean;
    readonly verbs: readonly string[];
  }[];
}

interface GroupList {
  readonly groups: readonly { readonly name: string; readonly preferredVersion: { readonly groupVersion: string } }[];
}

/** Everything the API server serves, in each group's preferred version: rights do not depend on the version. */
export async function discover(api: Api): Promise<readonly ServedResource[]> {
  const { groups } = await api.get<GroupList>("/apis");
  const sources = [
    { group: "", path: "/api/v1" },
    ...groups.map(({ name, preferredVersion }) => ({ group: name, path: `/apis/${preferredVersion.groupVersion}` })),
  ];
  const lists = await Promise.all(
    sources.map(async ({ group, path }) => {
      const { resources } = await api.get<ResourceList>(path);
      return resources.map(({ name, namespaced, verbs }) => ({ group, resource: name, namespaced, base: path, verbs }));
    }),
  );
  return lists.flat();
}
