import { setTimeout as delay } from "node:timers/promises";
import { Watch } from "@kubernetes/client-node";
import { listObjects, type Reader } from "./list-objects.ts";

/** One kind of custom resource, in all namespaces. */
export interface Collection {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  /** @default - all */
  readonly labelSelector?: string;
  /** @default - all */
  readonly fieldSelector?: string;
  /**
   * Label selectors of the objects that a list returns whole, and of those whose content it leaves out; changes always have
   * the content.
   * @default - all are returned whole
   */
  readonly parts?: { readonly whole: string; readonly heads: string };
}

/** Events of a watch. */
export interface Listener<Item, Listed> {
  /** All objects, at the start and after every gap, page by page. */
  readonly listed: (items: AsyncIterable<Listed>) => Promise<void>;
  readonly changed: (item: Item) => void;
  readonly deleted: (item: Item) => void;
  /** Something went wrong and is tried again. */
  readonly failed: (error: unknown) => void;
  /**
   * The server has reported the collection: by a list, a change, or a connection that brought none.
   * @default - nobody asks
   */
  readonly heard?: () => void;
}

const FIRST_PAUSE_MILLISECONDS = 1000;
const LONGEST_PAUSE_MILLISECONDS = 30_000;
/** After this long everything is listed again, in case a change was lost unnoticed. */
const RELIST_MILLISECONDS = 30 * 60_000;

/**
 * Watches a collection: lists, watches from there, resumes where a connection broke, and lists again after a gap. `Listed`
 * is what a list returns: with `parts` some objects without their content.
 */
export class CollectionWatch<Item, Listed = Item> {
  private readonly stop = new AbortController();
  private readonly watch: Watch;
  private running: Promise<void> | undefined;
  private connection: AbortController | undefined;
  /** The version of the last event. */
  private seen: string | undefined;

  constructor(
    private readonly reader: Reader,
    private readonly collection: Collection,
    private readonly listener: Listener<Item, Listed>,
  ) {
    this.watch = new Watch(reader.config);
  }

  /** Starts; resolves once everything has been listed for the first time. */
  async start(): Promise<void> {
    await new Promise<void>((listed) => {
      this.running = this.run(listed);
    });
  }

  async end(): Promise<void> {
    this.stop.abort();
    this.connection?.abort();
    await this.running;
  }

  private async run(listed: () => void): Promise<void> {
    let pause = FIRST_PAUSE_MILLISECONDS;
    let version: string | undefined;
    let relistAt = 0;
    while (!this.stop.signal.aborted) {
      try {
        if (version === undefined || Date.now() >= relistAt) {
          version = await this.list();
          relistAt = Date.now() + RELIST_MILLISECONDS;
          this.listener.heard?.();
          listed();
        }
        version = await this.watchOnce(version);
        this.listener.heard?.();
        pause = FIRST_PAUSE_MILLISECONDS;
      } catch (error) {
        // The next connection resumes from the last version seen, unless the server has forgotten it.
        if (isForgotten(error)) {
          this.seen = undefined;
        }
        version = this.seen;
        this.listener.failed(error);
        await delay(pause, undefined, { signal: this.stop.signal }).catch(() => undefined);
        pause = Math.min(pause * 2, LONGEST_PAUSE_MILLISECONDS);
      }
    }
  }

  /** @returns the resource version to watch from */
  private async list(): Promise<string> {
    // The version of the first of two lists: what changed between them is reported again.
    let version: string | undefined;
    const noted = (listed: string): void => {
      version ??= listed;
    };
    await this.listener.listed(this.items(noted));
    version ??= "";
    this.seen = version;
    return version;
  }

  private async *items(noted: (version: string) => void): AsyncIterable<Listed> {
    const { parts, labelSelector, ...collection } = this.collection;
    const list = (selector: string | undefined, heads = false): AsyncIterable<Listed> => {
      const labels = [labelSelector, selector].filter((one) => one !== undefined).join(",");
      const selected = labels === "" ? {} : { labelSelector: labels };
      return listObjects(this.reader, { ...collection, ...selected, heads }, noted);
    };
    yield* list(parts?.whole);
    if (parts !== undefined) {
      yield* list(parts.heads, true);
    }
  }

  /**
   * One connection. It ends after half a minute of silence, so that a dead one is noticed.
   * @returns the version to go on from; undefined after a gap
   */
  private async watchOnce(from: string): Promise<string | undefined> {
    const { group, version: apiVersion, plural, labelSelector, fieldSelector } = this.collection;
    let version: string | undefined = from;
    const path = `/apis/${group}/${apiVersion}/${plural}`;
    const query = { resourceVersion: from, allowWatchBookmarks: true, labelSelector, fieldSelector };
    await new Promise<void>((resolve, reject) => {
      const onEvent = (type: string, object: Item & EventObject): void => {
        if (type === "ERROR") {
          // 410: the server has forgotten what lies between. After any other error listing again is safe too.
          version = undefined;
          this.seen = undefined;
          return;
        }
        this.listener.heard?.();
        version = object.metadata?.resourceVersion ?? version;
        this.seen = version;
        if (type === "DELETED") {
          this.listener.deleted(object);
        } else if (type !== "BOOKMARK") {
          this.listener.changed(object);
        }
      };
      const onEnd = (error: unknown): void => (isSilence(error) ? resolve() : reject(error));
      this.watch.watch(path, query, onEvent, onEnd).then((connection) => {
        this.connection = connection;
        if (this.stop.signal.aborted) {
          connection.abort();
        }
      }, reject);
    }).catch((error: unknown) => {
      if (!this.stop.signal.aborted) {
        throw error;
      }
    });
    return version;
  }
}

interface EventObject {
  readonly metadata?: { readonly resourceVersion?: string };
}

/** The server closed the connection regularly, or it was silent for a while. */
function isSilence(error: unknown): boolean {
  return error === null || error === undefined || (error instanceof Error && /timeout/i.test(error.name));
}

/** The server no longer knows the version that a connection was to go on from. */
function isForgotten(error: unknown): boolean {
  return error instanceof Error && "statusCode" in error && error.statusCode === 410;
}
