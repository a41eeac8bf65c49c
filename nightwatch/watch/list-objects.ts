import type { CustomObjectsApi, KubeConfig } from "@kubernetes/client-node";
import { HEADS, pages } from "../../api/pages.ts";
import { NotStreamed, streamedList } from "./streamed-list.ts";

/** Which objects are listed. */
export interface ObjectList {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  /** @default - all */
  readonly namespace?: string;
  /** @default - all */
  readonly labelSelector?: string;
  /** @default - all */
  readonly fieldSelector?: string;
  /** Whether the content of the objects is left out. @default false */
  readonly heads?: boolean;
}

/** How objects are read: the connection for streams, and a client for everything else. */
export interface Reader {
  readonly config: KubeConfig;
  readonly objects: CustomObjectsApi;
}

/** Heads are small, ... */
const HEADS_IN_A_PAGE = 500;
/** ... and whole objects are not. */
const OBJECTS_IN_A_PAGE = 50;

/**
 * Lists objects one after the other, in little memory: streamed, or page by page where the API server does not stream.
 * @param listed Called with the version of the list at its end.
 */
export async function* listObjects<Item>(
  { config, objects }: Reader,
  list: ObjectList,
  listed?: (version: string) => void,
): AsyncIterable<Item> {
  const { group, version, plural, namespace, heads, ...selectors } = list;
  const place = namespace === undefined ? "" : `/namespaces/${namespace}`;
  const path = `/apis/${group}/${version}${place}/${plural}`;
  try {
    yield* streamedList<Item>(config, { path, ...selectors, ...(heads === undefined ? {} : { heads }) }, listed);
    return;
  } catch (error) {
    if (!(error instanceof NotStreamed)) {
      throw error;
    }
  }
  const request = { group, version, plural, ...selectors, limit: heads === true ? HEADS_IN_A_PAGE : OBJECTS_IN_A_PAGE };
  const options = heads === true ? HEADS : undefined;
  yield* pages<Item>(
    (next) =>
      namespace === undefined
        ? objects.listClusterCustomObject({ ...request, ...next }, options)
        : objects.listNamespacedCustomObject({ ...request, namespace, ...next }, options),
    listed,
  );
}
