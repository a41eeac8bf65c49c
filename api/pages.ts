import { setHeaderOptions } from "@kubernetes/client-node";

/** An object without its content. */
export interface Head {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid?: string;
    readonly creationTimestamp?: string;
    readonly resourceVersion?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

/** Request options for heads: the API server leaves the content out. */
export const HEADS = setHeaderOptions("Accept", "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1");

/** One page of a list; an empty list of heads comes without items. */
export interface Page<Item> {
  readonly items?: readonly Item[] | null;
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
}

/** Requests one page. */
export type Pages<Item> = (options: { readonly _continue?: string }) => Promise<Page<Item>>;

/** A list page by page. @param listed Called with the version of the list at its end. */
export async function* pages<Item>(ask: Pages<Item>, listed?: (version: string) => void): AsyncIterable<Item> {
  let next: string | undefined;
  do {
    const page: Page<Item> = await ask(next === undefined ? {} : { _continue: next });
    yield* page.items ?? [];
    next = page.metadata.continue || undefined;
    if (next === undefined) {
      listed?.(page.metadata.resourceVersion);
    }
  } while (next !== undefined);
}
