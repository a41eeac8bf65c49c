import { setTimeout as delay } from "node:timers/promises";
import { type CustomObjectsApi, type KubeConfig, Watch } from "@kubernetes/client-node";

/** One kind of custom resource, in all namespaces. */
export interface Collection {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  /** @default - all */
  readonly labelSelector?: string;
  /** @default - all */
  readonly fieldSelector?: string;
}

/** What a watch tells. */
export interface Listener<Item> {
  /** Every object there is, at the start and after every gap; the objects come page by page. */
  readonly listed: (items: AsyncIterable<Item>) => Promise<void>;
  readonly changed: (item: Item) => void;
  readonly deleted: (item: Item) => void;
  /** Something went wrong and is tried again. */
  readonly failed: (error: unknown) => void;
}

interface Page<Item> {
  readonly items: readonly Item[] | null;
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
}

const PAGE = 50;
const FIRST_PAUSE_MILLISECONDS = 1000;
const LONGEST_PAUSE_MILLISECONDS = 30_000;
/** After this long everything is listed again, in case a change was lost in a way that nobody noticed. */
const RELIST_MILLISECONDS = 30 * 60_000;

/** Keeps an eye on a collection: lists, watches from there, and lists again after a gap. */
export class CollectionWatch<Item> {
  private readonly stop = new AbortController();
  private readonly watch: Watch;
  private running: Promise<void> | undefined;
  private connection: AbortController | undefined;

  constructor(
    config: KubeConfig,
    private readonly objects: CustomObjectsApi,
    private readonly collection: Collection,
    private readonly listener: Listener<Item>,
  ) {
    this.watch = new Watch(config);
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
    while (!this.stop.signal.aborted) {
      try {
        const version = await this.list();
        listed();
        pause = FIRST_PAUSE_MILLISECONDS;
        await this.follow(version);
      } catch (error) {
        this.listener.failed(error);
        await delay(pause, undefined, { signal: this.stop.signal }).catch(() => undefined);
        pause = Math.min(pause * 2, LONGEST_PAUSE_MILLISECONDS);
      }
    }
  }

  /** @returns the resource version to watch from */
  private async list(): Promise<string> {
    let version = "";
    const request = { ...this.collection, limit: PAGE };
    const objects = this.objects;
    async function* pages(): AsyncIterable<Item> {
      let next: string | undefined;
      do {
        const page: Page<Item> = await objects.listClusterCustomObject({
          ...request,
          ...(next === undefined ? {} : { _continue: next }),
        });
        yield* page.items ?? [];
        version = page.metadata.resourceVersion;
        next = page.metadata.continue || undefined;
      } while (next !== undefined);
    }
    await this.listener.listed(pages());
    return version;
  }

  /** Watches until there is a gap, or it is time to list again. */
  private async follow(from: string): Promise<void> {
    const relistAt = Date.now() + RELIST_MILLISECONDS;
    let version: string | undefined = from;
    while (version !== undefined && !this.stop.signal.aborted && Date.now() < relistAt) {
      version = await this.watchOnce(version);
    }
  }

  /**
   * One connection. It ends after half a minute without a word, so that one which is dead without saying so is noticed.
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
          // 410: what lies between is forgotten there. Any other error is one of the connection.
          version = undefined;
          return;
        }
        version = object.metadata?.resourceVersion ?? version;
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

/** The server closed the connection in order, or nothing was said on it for a while. */
function isSilence(error: unknown): boolean {
  return error === null || error === undefined || (error instanceof Error && /timeout/i.test(error.name));
}
