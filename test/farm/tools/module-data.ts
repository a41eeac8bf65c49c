import { cp } from "node:fs/promises";
import { join } from "node:path";
import { cacheKey, hashFile } from "./cache.ts";
import { moduleFolder } from "./go-module.ts";
import type { Recipe } from "./recipe.ts";

/** Data taken out of a Go module: fetched, not compiled. */
export interface ModuleDataProps<Name extends string> {
  /** Name of the product. */
  readonly name: Name;
  readonly version: string;
  /** Folder with the go.mod and go.sum that pin the module. */
  readonly folder: string;
  readonly module: string;
  /** File or folder inside the module. */
  readonly path: string;
  /** Which of the files below `path` are wanted. @default - all */
  readonly included?: RegExp;
}

/** A recipe that copies a file or folder out of a pinned Go module. */
export function moduleData<const Name extends string>(props: ModuleDataProps<Name>): Recipe<Name> {
  return {
    name: props.name,
    version: props.version,
    products: [{ name: props.name }],
    goModule: props.folder,
    verb: "fetching",
    key: async () =>
      cacheKey(props.version, {
        sum: await hashFile(join(props.folder, "go.sum")),
        path: props.path,
        included: props.included?.source ?? "",
      }),
    build: async (context) => {
      const source = join(await moduleFolder(props.folder, props.module), props.path);
      const wanted = props.included;
      await cp(source, join(context.output(props.name), props.name), {
        recursive: true,
        filter: (from) => wanted === undefined || !/\.[^/]+$/.test(from.slice(source.length)) || wanted.test(from),
      });
    },
  };
}
