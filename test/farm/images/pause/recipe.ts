import { goRecipe } from "../../tools/go-recipe.ts";

/** Version of the farm's own pause program; its source is part of the cache key, so this is for people. */
const VERSION = "1.0.0";

/** The program of the pause image: containerd's sandbox. */
export const pause = goRecipe({
  name: "pause",
  version: VERSION,
  folder: import.meta.dirname,
  programs: [{ name: "pause", package: "nightlane.example/farm/images/pause" }],
});
