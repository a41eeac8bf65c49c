import type { Architecture, Release } from "./release/release.ts";

/** How a tool on PATH is asked for its version. */
export interface VersionProbe {
  /** What the program is called on PATH. @default - the product's name */
  readonly command?: string;
  /** Arguments that make the tool print its version. */
  readonly args: readonly string[];
  /** Finds the version in the output; its first group is the version without a leading `v`. */
  readonly pattern: RegExp;
}

/** One thing a recipe yields: a program, or a folder or file of data. */
export interface Product<Name extends string = string> {
  readonly name: Name;
  /**
   * How to recognise the pinned version on PATH.
   * @default - never taken from PATH (data, or the farm's own programs)
   */
  readonly probe?: VersionProbe;
}

/** What a recipe gets to work with. */
export interface BuildContext {
  /** The products wanted; the others need not be made. */
  readonly wanted: readonly string[];
  /** Empty folder for sources and the like; removed when the build is over. */
  readonly work: string;
  /** Returns the folder a product goes into, as `<folder>/<product name>`; files beside it are kept too. */
  readonly output: (product: string) => string;
  /** File for the output of commands. */
  readonly log: string;
  /** Paths of the products named in {@link Recipe.needs}. */
  readonly needed: Readonly<Record<string, string>>;
}

/** What of the project's release holds a product, or undefined if the project releases none. */
export type ReleaseOf = (product: string, architecture: Architecture) => Release | undefined;

/**
 * How a set of tools is made. Adding a tool is adding one file with a recipe and one line in
 * `recipes.ts`.
 */
export interface Recipe<Name extends string = string> {
  /** Names lock, log and work folder, and is what progress lines show. */
  readonly name: string;
  /** Pinned version, without a leading `v`. */
  readonly version: string;
  readonly products: readonly Product<Name>[];
  /** Products of other recipes this one puts together. @default none */
  readonly needs?: readonly string[];
  /** Folder with the go.mod it is made from. @default - making it takes no Go */
  readonly goModule?: string;
  /** What progress lines say: data is fetched, programs are built. @default "building" */
  readonly verb?: string;
  /** Where the project has its programs built already. @default - nowhere: they are built here */
  readonly release?: ReleaseOf;
  /** Cache key of a product: changes whenever its content would. */
  key(product: string, needed: Readonly<Record<string, string>>): Promise<string>;
  /** Makes the wanted products; throws UserError if that fails. */
  build(context: BuildContext): Promise<void>;
}

/** `kubernetes 1.36.3 (kubectl, kubelet)` */
export function titleOf(recipe: Recipe, products: readonly string[]): string {
  const also = products.length === 1 && products[0] === recipe.name ? "" : ` (${products.join(", ")})`;
  return `${recipe.name} ${recipe.version}${also}`;
}
