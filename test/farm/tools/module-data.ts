import { cp } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../../constructs/definition/problem.ts";
import { cacheKey, hashFile } from "./cache.ts";
import { moduleFolder } from "./go-module.ts";
import { moduleFromProxy } from "./module-zip.ts";
import type { BuildContext, Recipe } from "./recipe.ts";
import { DownloadProblem } from "./release/download.ts";
import { requireGo } from "./requirements.ts";

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
    verb: "fetching",
    key: async () =>
      cacheKey(props.version, {
        sum: await hashFile(join(props.folder, "go.sum")),
        path: props.path,
        included: props.included?.source ?? "",
      }),
    build: async (context) => {
      const source = join(await sourceOf(props, context), props.path);
      const wanted = props.included;
      await cp(source, join(context.output(props.name), props.name), {
        recursive: true,
        filter: (from) => wanted === undefined || !/\.[^/]+$/.test(from.slice(source.length)) || wanted.test(from),
      });
    },
  };
}

/** The module as a proxy has it, which takes no Go; else as Go fetches it, from wherever it is configured to. */
async function sourceOf(
  { name, version, folder, module }: ModuleDataProps<string>,
  { work, log }: Pick<BuildContext, "work" | "log">,
): Promise<string> {
  try {
    return await moduleFromProxy({ folder, module, work, log });
  } catch (problem) {
    if (!(problem instanceof DownloadProblem)) {
      throw problem;
    }
    try {
      await requireGo(folder, `fetching ${name} ${version}`);
      return await moduleFolder(folder, module);
    } catch (error) {
      throw error instanceof UserError ? new UserError(`${problem.message}\n${error.message}`) : error;
    }
  }
}
