import { shrinkLaneVolume } from "../harm/small-volume.ts";
import { NightlaneNight } from "../nights/nightlane-night.ts";
import { allComputing, type Fault, nightOf, releaseAll } from "./fault.ts";

/** Less than the results are. */
const MEBIBYTES = 14;

/** What keeps results on our side is full. */
export const volumeStruck: readonly Fault[] = [
  {
    name: "lane-volume-full",
    what: "the lane's results volume has no room for the results",
    held: /volume is full .*Make room/,
    alone: true,
    strike: async ({ site, nights, moment }) => {
      // The baselines keep their results on this machine and on the customer's volume, which cannot be filled for one.
      const restore =
        nightOf(nights, "nightlane", NightlaneNight) === undefined
          ? undefined
          : await shrinkLaneVolume(site, MEBIBYTES);
      await allComputing(nights);
      await moment();
      await releaseAll(nights);
      return restore;
    },
  },
];
