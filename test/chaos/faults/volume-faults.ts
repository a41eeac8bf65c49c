import { shrinkLaneVolume } from "../injection/small-volume.ts";
import { NightlaneNight } from "../nights/nightlane-night.ts";
import { allComputing, type Fault, nightOf, releaseAll } from "./fault.ts";

/** Less than the size of the results. */
const MEBIBYTES = 14;

/** What keeps results on Nightlane's side is full. */
export const volumeFaults: readonly Fault[] = [
  {
    name: "lane-volume-full",
    what: "the lane's results volume has no room for the results",
    held: /volume is full .*Make room/,
    alone: true,
    inject: async ({ site, nights, moment }) => {
      // The baselines keep their results on this machine and on the customer's volume, which cannot be filled for one
      // night.
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
