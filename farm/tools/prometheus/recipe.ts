import { goRecipe } from "../go-recipe.ts";
import { farmVersions } from "../versions.ts";

/** promtool: runs the alerts over series, as Prometheus would. */
export const prometheus = goRecipe({
  name: "prometheus",
  version: farmVersions.prometheus,
  folder: import.meta.dirname,
  linkerVariables: { "github.com/prometheus/common/version.Version": farmVersions.prometheus },
  // Without the clients of two dozen clouds, by which a Prometheus finds what to scrape.
  tags: ["remove_all_sd"],
  programs: [
    {
      name: "promtool",
      package: "github.com/prometheus/prometheus/cmd/promtool",
      probe: { args: ["--version"], pattern: /promtool, version (\d[^\s+]*)/ },
    },
  ],
});
