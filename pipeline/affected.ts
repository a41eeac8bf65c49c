import type { FileChange } from "./changes.ts";

/** What a change touches. */
export interface Affected {
  /** Customers whose stacks may change, sorted. */
  readonly customers: readonly string[];
  /** Customers whose file is gone, sorted. */
  readonly removed: readonly string[];
  /** Whether the stack `platform` may change. */
  readonly platform: boolean;
}

/**
 * Paths from which no manifest is made: prose, tests and tools, and the sources of images, which reach a lane only by
 * a digest in images.json.
 */
const WITHOUT_EFFECT: readonly RegExp[] = [
  /^(authoring|docs|examples|isolation|nightwatch|ops|pipeline|runner|test)\//,
  /\.md$/,
  /^(\.gitlab-ci\.yml|\.gitignore|Makefile|biome\.json|tsconfig\.json|typedoc\.json|vitest\.config\.ts)$/,
];

/** A customer's definition, and its certificates where they are beside it. */
const CUSTOMER_FILE = /^customers\/([^/]+)\.(ts|pem)$/;

/** A stack's own settings: the credentials that it keeps as Pulumi secrets. */
const STACK_FILE = /^Pulumi\.([^./]+)\.yaml$/;

/**
 * Customers that a change touches. An unknown path touches all: that costs a preview, while the opposite mistake would
 * leave a change undeployed.
 *
 * @param changes Undefined where the former state is unknown: everything is touched.
 * @param names All customers after the change.
 */
export function affected(changes: readonly FileChange[] | undefined, names: readonly string[]): Affected {
  const effective = changes?.filter(({ path }) => !WITHOUT_EFFECT.some((pattern) => pattern.test(path)));
  const own = (effective ?? []).flatMap(({ path, deleted }) => {
    const name = CUSTOMER_FILE.exec(path)?.[1];
    const stack = STACK_FILE.exec(path)?.[1];
    if (name === undefined) {
      return stack === undefined || stack === "platform" ? [] : [{ name: stack, deleted: false }];
    }
    return [{ name, deleted }];
  });
  const common = effective === undefined || own.length < effective.length;
  const changed = new Set(own.map(({ name }) => name));
  return {
    customers: names.filter((name) => common || changed.has(name)).sort(),
    removed: [...new Set(own.filter(({ deleted }) => deleted).map(({ name }) => name))]
      .filter((name) => !names.includes(name))
      .sort(),
    platform: common,
  };
}
