import { type KubeConfig, Watch } from "@kubernetes/client-node";

/** Milliseconds since the epoch at which each object of a collection was first seen to be so. */
export class FirstSeen<Item> {
  private readonly seen = new Map<string, number>();
  private connection: AbortController | undefined;
  private ended = false;

  /**
   * @param config The cluster.
   * @param path The collection's path.
   * @param keysOf Names of what an object shows to be so; each is noted once.
   */
  constructor(
    private readonly config: KubeConfig,
    private readonly path: string,
    private readonly keysOf: (item: Item) => readonly string[],
  ) {}

  async start(): Promise<void> {
    await this.watch();
  }

  end(): void {
    this.ended = true;
    this.connection?.abort();
  }

  at(key: string): number | undefined {
    return this.seen.get(key);
  }

  private async watch(): Promise<void> {
    const onEvent = (_: string, item: Item): void => {
      for (const key of this.keysOf(item)) {
        if (!this.seen.has(key)) {
          this.seen.set(key, Date.now());
        }
      }
    };
    // The server ends a watch from time to time; what is shown again was noted before.
    const onEnd = (): void => void (this.ended || this.watch());
    this.connection = await new Watch(this.config).watch(this.path, {}, onEvent, onEnd);
  }
}
