import { goRecipe } from "../go-recipe.ts";
import { farmVersions } from "../versions.ts";

/** etcd: the API servers' store. */
export const etcd = goRecipe({
  name: "etcd",
  version: farmVersions.etcd,
  folder: import.meta.dirname,
  programs: [
    {
      name: "etcd",
      package: "go.etcd.io/etcd/server/v3",
      probe: { args: ["--version"], pattern: /etcd Version: (\S+)/ },
    },
  ],
});
