import type { IncomingMessage } from "node:http";
import { request } from "node:http";
import { pageAnswers } from "../../nightwatch/page/answers.ts";
import { bundlePage } from "../../nightwatch/page/bundle.ts";
import type { PageAssets } from "../../nightwatch/page/document.ts";
import { PageFeed } from "../../nightwatch/page/page-feed.ts";
import { PageServer } from "../../nightwatch/page/page-server.ts";
import { PageDoor } from "../../ops/ui/page-door.ts";
import { PASS_HEADER } from "../../runs/page-pass.ts";
import { Records, WatchedNights } from "../unit/nightwatch/watched-nights.ts";
import { type LaneObjects, NOW, type PlayedLane, playedLane } from "./played-fleet.ts";

let assets: Promise<PageAssets> | undefined;

/** Nightwatch with its page, and the door that `nightlane ui` opens to it. Between them the API server is left out. */
export class PageUnderTest {
  private constructor(
    readonly watched: WatchedNights,
    readonly feed: PageFeed,
    private readonly server: PageServer,
    readonly door: PageDoor,
    private readonly objects: Map<string, LaneObjects>,
  ) {}

  /** @param sees Customers that the reader may see. @default - all */
  static async open(lanes: readonly PlayedLane[], sees?: readonly string[]): Promise<PageUnderTest> {
    const objects = new Map(lanes.map((lane) => [lane.customer, playedLane(lane)]));
    const records = new Records();
    for (const facts of [...objects.values()].flatMap((lane) => lane.records)) {
      records.facts.set(facts.uid, facts);
    }
    const watched = new WatchedNights(new Date(NOW).toISOString(), records);
    const { nightwatch } = watched;
    const feed = new PageFeed(
      () => nightwatch.seen(),
      () => watched.now,
    );
    assets ??= bundlePage();
    const server = await PageServer.start(0, {
      assets: await assets,
      feed,
      leads: () => true,
      viewer: async ([pass]) =>
        pass === "good" ? { sees: (customer) => sees?.includes(customer) ?? true } : undefined,
      answers: pageAnswers(nightwatch),
      failed: (error) => watched.log.push(String(error)),
    });
    const door = await PageDoor.open({ get: (path, signal) => ask(server.port, path, signal) }, 0, (text) => {
      watched.log.push(text);
    });
    const page = new PageUnderTest(watched, feed, server, door, objects);
    await nightwatch.load();
    await page.round();
    await nightwatch.forecastsRead();
    await page.round();
    return page;
  }

  /** Where nightwatch itself serves the page. */
  get port(): number {
    return this.server.port;
  }

  /** Plays a lane again, which the next round finds. */
  put(lane: PlayedLane): void {
    this.objects.set(lane.customer, playedLane(lane));
  }

  /** Plays a lane again. */
  async play(lane: PlayedLane): Promise<void> {
    this.put(lane);
    await this.round();
  }

  /** A round of nightwatch, after which the page is updated. @param milliseconds By which the clock has moved. */
  async round(milliseconds = 0): Promise<void> {
    const all = [...this.objects.values()];
    await this.watched.list(
      all.map(({ cron }) => cron),
      all.flatMap(({ workflows }) => workflows),
    );
    await this.watched.roundAt(new Date(this.watched.now + milliseconds).toISOString());
    this.feed.update();
  }

  async close(): Promise<void> {
    await this.door.close();
    this.server.stop();
  }
}

function ask(port: number, path: string, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request({ port, path, signal, headers: { [PASS_HEADER]: "good" } }, resolve)
      .once("error", reject)
      .end();
  });
}
