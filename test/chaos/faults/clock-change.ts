import { ArgoNight } from "../nights/argo-night.ts";
import { BashNight } from "../nights/bash-night.ts";
import type { Night } from "../nights/night.ts";
import { NightlaneNight } from "../nights/nightlane-night.ts";
import { each, type Fault } from "./fault.ts";

/** The night starts in the hour that occurs twice, and so its schedule comes twice. */
export const clockChange: Fault = {
  name: "clock-change",
  what: "clocks go back over the night's start: its schedule comes twice for one business date",
  once: true,
  inject: (stage) =>
    each(stage, async (night) => {
      for (const moment of stage.site.doubleHour.moments) {
        await startAt(night, moment);
        await stage.moment("now");
        await stage.ended(night);
      }
    }),
};

async function startAt(night: Night, moment: Date): Promise<void> {
  if (night instanceof NightlaneNight || night instanceof BashNight) {
    await night.startAt(moment);
  }
  // Plain Argo knows no business date: each start is a night of its own.
  else if (night instanceof ArgoNight) {
    await night.start();
  }
}
