import { goRecipe } from "../go-recipe.ts";
import { gitHubRelease } from "../release/release.ts";
import { farmVersions } from "../versions.ts";

const program = <const Name extends string>(name: Name) => ({
  name,
  package: `github.com/prometheus/prometheus/cmd/${name}`,
  probe: { args: ["--version"], pattern: new RegExp(`${name}, version (\\d[^\\s+]*)`) },
});

/** Prometheus scrapes and evaluates the alerts; promtool does so over series that a test writes down. */
export const prometheus = goRecipe({
  name: "prometheus",
  version: farmVersions.prometheus,
  folder: import.meta.dirname,
  release: (product, architecture) => {
    const name = `prometheus-${farmVersions.prometheus}.linux-${architecture}`;
    const file = (path: string) => gitHubRelease("prometheus/prometheus", farmVersions.prometheus, path);
    return { url: file(`${name}.tar.gz`), checksums: file("sha256sums.txt"), member: `${name}/${product}` };
  },
  linkerVariables: { "github.com/prometheus/common/version.Version": farmVersions.prometheus },
  // Without the clients of two dozen clouds, by which a Prometheus finds what to scrape.
  tags: ["remove_all_sd"],
  programs: [program("prometheus"), program("promtool")],
});
