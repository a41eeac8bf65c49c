import { isObject } from "../../runs/json.ts";

/** Properties whose entries are joined by name; for all others the step's own value replaces the default. */
const JOINED = new Set(["env", "volumes", "nodeSelector", "labels", "annotations", "conf", "hadoopConf"]);

/** Properties that set the same thing in different ways: a step's own replaces the other one in the defaults. */
const ALTERNATIVES: Readonly<Record<string, string>> = {
  executors: "dynamicAllocation",
  dynamicAllocation: "executors",
};

function isReplaced(name: string, own: Readonly<Record<string, unknown>>): boolean {
  return own[name] === undefined && own[ALTERNATIVES[name] ?? ""] !== undefined;
}

/** A step's options over those of all steps. Values of a wrong kind stay as they are, for the form to report. */
export function overDefaults<Options extends object>(defaults: object | undefined, options: Options): Options {
  if (!isObject(defaults) || !isObject(options)) {
    return options;
  }
  const own: Readonly<Record<string, unknown>> = Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  );
  const joined = Object.entries(defaults)
    .filter(([name]) => !isReplaced(name, own))
    .map(([name, value]) => {
      const said = own[name];
      return [name, JOINED.has(name) && isObject(value) && isObject(said) ? { ...value, ...said } : (said ?? value)];
    });
  return { ...own, ...Object.fromEntries(joined) } as Options;
}
