import { goRecipe } from "../go-recipe.ts";
import { gitHubRelease } from "../release/release.ts";
import { farmVersions } from "../versions.ts";

/** etcd: the API servers' store. */
export const etcd = goRecipe({
  name: "etcd",
  version: farmVersions.etcd,
  folder: import.meta.dirname,
  release: (_product, architecture) => {
    const name = `etcd-v${farmVersions.etcd}-linux-${architecture}`;
    const file = (path: string) => gitHubRelease("etcd-io/etcd", farmVersions.etcd, path);
    return { url: file(`${name}.tar.gz`), checksums: file("SHA256SUMS"), member: `${name}/etcd` };
  },
  programs: [
    {
      name: "etcd",
      package: "go.etcd.io/etcd/server/v3",
      probe: { args: ["--version"], pattern: /etcd Version: (\S+)/ },
    },
  ],
});
