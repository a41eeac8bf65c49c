import { readFile } from "node:fs/promises";
import { firstAddress } from "../../../constructs/definition/api-server.ts";
import { until } from "../../farm/wait.ts";
import { slowLink } from "../injection/links.ts";
import { deletePod } from "../injection/pods.ts";
import { ArgoNight } from "../nights/argo-night.ts";
import { type Night, partialBytes } from "../nights/night.ts";
import { NightlaneNight } from "../nights/nightlane-night.ts";
import { allComputing, each, type Fault, type Fix } from "./fault.ts";
import { bulkIsWhole } from "./whole-results.ts";

/** Size of the results whose copy is cut, and how fast they come: a quarter of a minute. */
const BULK_MEBIBYTES = 20;
const SLOW_MEGABITS = 10;

/** The copy is under way once so many bytes have come. */
const SOME_BYTES = 1024 * 1024;

/** Number of blocks that the application logs. */
const BLOCKS = 8;

/** The connection to the customer's API server breaks for one step only. */
export const connectionFaults: readonly Fault[] = [
  {
    name: "connection-half-open",
    what: "the packets of the step's open connections vanish; neither end notices",
    inject: async (stage) => {
      const fixes: Fix[] = [];
      await each(stage, async (night) => {
        await allComputing([night]);
        await stage.moment();
        fixes.push(
          await (await night.handle()).dropPackets(addressOf(night, firstAddress(stage.site.customer.cluster))),
        );
        await night.release();
      });
      return async () => {
        for (const fix of fixes) {
          await fix();
        }
      };
    },
  },
  {
    name: "copy-cut",
    what: "the connection of kubectl cp breaks in the middle of the results, which come over a slow link",
    alone: true,
    inject: async (stage) => {
      await Promise.all(stage.nights.map((night) => night.enlarge(BULK_MEBIBYTES)));
      await allComputing(stage.nights);
      const quicken = await slowLink(stage.site.sandbox, SLOW_MEGABITS);
      try {
        await each(stage, async (night) => {
          await night.release();
          await cutCopy(night, firstAddress(stage.site.customer.cluster));
          await stage.moment("now");
        });
      } finally {
        await quicken();
      }
      return undefined;
    },
    inspect: bulkIsWhole,
  },
  {
    name: "log-cut",
    what: "the stream of the driver's log breaks while the driver computes",
    inject: (stage) =>
      each(stage, async (night) => {
        await allComputing([night]);
        await stage.moment();
        await (await night.handle()).reset(addressOf(night, firstAddress(stage.site.customer.cluster)));
        await night.release();
      }),
    inspect: async (night) => (night instanceof NightlaneNight ? missingLines(night) : undefined),
  },
];

/** A pod of the customer's own cluster reaches the API server by the address of its Service. */
function addressOf(night: Night, address: string): string {
  return night instanceof ArgoNight ? "10.71.0.1" : address;
}

async function cutCopy(night: Night, address: string): Promise<void> {
  if (night instanceof ArgoNight) {
    // It copies inside the customer's cluster: there is no connection to cut, so the copying pod is ended.
    const pod = await night.pod("archive");
    await until(
      { what: `${night.name} copies`, limitSeconds: 120, everyMilliseconds: 5 },
      async () => night.isBringing,
    );
    await deletePod(night.siteApi, pod, "at once");
    return;
  }
  const archive = night instanceof NightlaneNight ? await night.handleOf("archive") : undefined;
  await until(
    { what: `${night.name} copies`, limitSeconds: 420, everyMilliseconds: 5 },
    async () => partialBytes(night.home()) > SOME_BYTES,
  );
  await (archive ?? (await night.handle())).reset(address);
}

/** Every line of the driver's log must be there exactly once. */
async function missingLines(night: NightlaneNight): Promise<string | undefined> {
  const log = await readFile(night.attemptLog, "utf8");
  const wrong = Array.from({ length: BLOCKS }, (_, number) => `block ${number} of ${BLOCKS} done`)
    .map((line) => ({ line, times: log.split(line).length - 1 }))
    .filter(({ times }) => times !== 1);
  return wrong.length === 0
    ? undefined
    : `the relayed log has ${wrong.map(({ line, times }) => `"${line}" ${times}x`).join(", ")}`;
}
