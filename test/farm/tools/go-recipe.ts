import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { cacheKey, hashFiles } from "./cache.ts";
import { runLogged } from "./command.ts";
import type { BuildContext, Product, Recipe, ReleaseOf } from "./recipe.ts";

/** A program built from a Go module. */
export interface GoProgram<Name extends string> extends Product<Name> {
  /** Import path of its main package. */
  readonly package: string;
}

/** A set of Go programs built from one pinned module. */
export interface GoRecipeProps<Name extends string> {
  /** Name of the set. */
  readonly name: string;
  readonly version: string;
  /** Folder with the pinned go.mod and go.sum. */
  readonly folder: string;
  readonly programs: readonly GoProgram<Name>[];
  /** Variables set at link time, by their import path: how these programs learn their version. @default none */
  readonly linkerVariables?: Readonly<Record<string, string>>;
  /** Go build tags. @default none */
  readonly tags?: readonly string[];
  /** Where the project has these programs built already. @default - nowhere */
  readonly release?: ReleaseOf;
  /** Prepares the sources and returns the folder to build in. @default - builds in `folder` as it is */
  readonly prepare?: (context: BuildContext) => Promise<string>;
  /** Set whenever `prepare` changes what comes out. @default 0 */
  readonly revision?: number;
}

/** Static programs (they go into images made from scratch), without local paths, exactly what go.sum says. */
const BUILD_ENVIRONMENT = {
  CGO_ENABLED: "0",
  GOFLAGS: "-mod=readonly -trimpath -buildvcs=false",
  GOWORK: "off",
} as const;

/** A recipe that runs `go build` once for all wanted programs of a module. */
export function goRecipe<const Name extends string>(props: GoRecipeProps<Name>): Recipe<Name> {
  const linkerFlags = ["-s", "-w", ...Object.entries(props.linkerVariables ?? {}).map(([k, v]) => `-X=${k}=${v}`)];
  const tags = props.tags ?? [];
  return {
    name: props.name,
    version: props.version,
    products: props.programs,
    goModule: props.folder,
    ...(props.release === undefined ? {} : { release: props.release }),
    key: async (product) =>
      cacheKey(props.version, {
        package: props.programs.find((program) => program.name === product)?.package,
        environment: BUILD_ENVIRONMENT,
        linkerFlags,
        ...(tags.length > 0 ? { tags } : {}),
        revision: props.revision ?? 0,
        files: await hashFiles(props.folder, isGoInput),
      }),
    build: async (context) => {
      const cwd = (await props.prepare?.(context)) ?? props.folder;
      // One build cache per build, thrown away with the work folder: kept, it grows to tens of gigabytes.
      const goCache = join(context.work, "go-cache");
      const goTemporary = join(context.work, "go-tmp");
      await mkdir(goTemporary, { recursive: true });
      const env = { ...BUILD_ENVIRONMENT, GOCACHE: goCache, GOTMPDIR: goTemporary };
      const programs = props.programs.filter((program) => context.wanted.includes(program.name));
      // One call for all of them: they share most packages, and the linkers run side by side.
      const together = join(context.work, "bin");
      const packages = programs.map((program) => program.package);
      const args = [
        "build",
        `-tags=${tags.join(",")}`,
        `-ldflags=${linkerFlags.join(" ")}`,
        "-o",
        `${together}/`,
        ...packages,
      ];
      await mkdir(together);
      await runLogged({ command: "go", args, cwd, env, log: context.log });
      for (const program of programs) {
        await rename(join(together, executableName(program.package)), join(context.output(program.name), program.name));
      }
    },
  };
}

/** Files of a recipe's folder that decide what is built: not the recipe itself, whose decisions are in the key. */
export function isGoInput(path: string): boolean {
  return path === "go.mod" || path === "go.sum" || path.endsWith(".go");
}

/** The name `go build` gives a program: the last part of its import path that is not a major version. */
export function executableName(importPath: string): string {
  const parts = importPath.split("/").filter((part) => !/^v\d+$/.test(part));
  return parts.at(-1) ?? importPath;
}
