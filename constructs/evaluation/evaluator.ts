import { createInterface } from "node:readline";
import vm from "node:vm";

/** One file to evaluate, all as CommonJS JavaScript. */
export interface Task {
  /** The compiled library, sent when it is new. */
  readonly library?: string;
  /** The file and the modules that it may import beside the library, by place. */
  readonly modules: Readonly<Record<string, string>>;
  /** Places of the library. */
  readonly libraries: readonly string[];
  /** Place of the file, from which imports are resolved. */
  readonly place: string;
  readonly milliseconds: number;
  /** A line to write once all is loaded, and the file's own time begins; the next one is the outcome. */
  readonly begun: string;
}

/** How much too early a time limit may take hold: its timer counts in whole milliseconds. */
const EARLY_MILLISECONDS = 2;

/**
 * The process in which customer files are evaluated: started without environment, files, network and other processes.
 * Each file has its own realm, with the language and the library and nothing else; only text comes out of it, the
 * file's own code included.
 */
for (const name of ["fetch", "WebSocket", "EventSource", "navigator"]) {
  Reflect.deleteProperty(globalThis, name);
}
Reflect.deleteProperty(process, "getBuiltinModule");
Reflect.deleteProperty(process, "binding");

let library = new vm.Script("");

createInterface({ input: process.stdin }).on("line", (line) => {
  const task = JSON.parse(line) as Task;
  if (task.library !== undefined) {
    const text = `var nightlane = { exports: {} }; ((module, exports) => {${task.library}\n})(nightlane, nightlane.exports);`;
    library = new vm.Script(text, { filename: "library" });
  }
  process.stdout.write(`${evaluate(task)}\n`);
});

function evaluate({ modules, libraries, place, milliseconds, begun }: Task): string {
  let started = performance.now();
  try {
    const world = vm.createContext(vm.constants.DONT_CONTEXTIFY, {
      codeGeneration: { strings: false, wasm: false },
      microtaskMode: "afterEvaluate",
    });
    vm.runInContext(PREPARE, world);
    library.runInContext(world);
    vm.runInContext(SAME_EACH_TIME, world);
    for (const [at, code] of Object.entries(modules)) {
      const text = `modules[${JSON.stringify(at)}] = (require, module, exports) => {"use strict";${code}\n};`;
      const script = compiled(text, at);
      if (typeof script === "string") {
        return script;
      }
      script.runInContext(world);
    }
    process.stdout.write(`${begun}\n`);
    started = performance.now();
    const outcome: unknown = vm.runInContext(`(${RUN})(${JSON.stringify({ libraries, place })})`, world, {
      timeout: milliseconds,
    });
    return typeof outcome === "string" ? outcome.replaceAll("\n", " ") : '{"ended":"process"}';
  } catch {
    // What was thrown may be the file's own object and is not touched; the elapsed time shows what happened.
    const late = performance.now() - started >= milliseconds - EARLY_MILLISECONDS;
    return JSON.stringify({ ended: late ? "time" : "process" });
  }
}

/** A module that can be run, or the outcome where its code is not valid. */
function compiled(text: string, place: string): vm.Script | string {
  try {
    return new vm.Script(text, { filename: place });
  } catch (error) {
    return JSON.stringify({ thrown: String(error), stack: error instanceof Error ? `${error.stack}` : "" });
  }
}

/** Removes what would pass objects of this process to a file's code: a hook that formats stack traces. */
const PREPARE =
  'Object.defineProperty(Error, "prepareStackTrace", { value: undefined }); Error.stackTraceLimit = 50; var modules = {};';

/**
 * Removes clock and randomness, with which the same file could be another customer tomorrow, and silent mistakes: a
 * console that nobody reads, a function that becomes the text of its code.
 */
const SAME_EACH_TIME = `(() => {
  "use strict";
  const throwing = (what, rule, fix) => {
    throw Object.assign(new TypeError(what), { rule, fix });
  };
  const refuse = (what) => throwing(
    what,
    "the same customer each time the file is read: no clock and no randomness",
    "write the day itself; for what only the night knows there is night.businessDate",
  );
  const { construct, get, deleteProperty } = Reflect;
  const Clock = Date;
  globalThis.Date = new Proxy(Clock, {
    construct: (date, given, made) => given.length === 0 ? refuse("new Date()") : construct(date, given, made),
    apply: () => refuse("Date()"),
    get: (date, name) => name === "now" ? () => refuse("Date.now()") : get(date, name),
  });
  Clock.prototype.constructor = globalThis.Date;
  Math.random = () => refuse("Math.random()");
  deleteProperty(Intl, "DateTimeFormat");
  deleteProperty(globalThis, "Temporal");
  // Nobody would read its output.
  deleteProperty(globalThis, "console");
  Function.prototype.toString = () => throwing(
    "a function within a text",
    "a value within a text: of a function, JavaScript writes the code",
    'call it: night.path("market")',
  );
})();`;

/** Runs a file in its realm, and returns the outcome as JSON. */
const RUN = `(task) => {
  "use strict";
  const { libraries, place } = task;
  const { outcomeOf, library } = nightlane.exports;
  const { stringify } = JSON;
  const registered = modules;
  const loaded = {};
  const placeOf = (from, specifier) => {
    const parts = specifier.startsWith("/") ? [] : from.split("/").slice(0, -1);
    for (const part of specifier.split("/")) {
      if (part === "..") parts.pop();
      else if (part !== "." && part !== "") parts.push(part);
    }
    return specifier.startsWith("/") ? "/" + parts.join("/") : parts.join("/");
  };
  let refused;
  // A misspelt import would otherwise be undefined, and a default would silently take its place.
  const exporting = (module, specifier) => {
    const get = (_, name) => {
      if (name === "__esModule") return true;
      if (typeof name === "string" && !(name in module)) {
        const error = new TypeError(name + " is not exported by " + stringify(specifier));
        throw module === library ? error : Object.assign(error, exportsOf(name, module, stringify(specifier)));
      }
      return module[name];
    };
    // An import of the whole module is a copy of it, which looks up missing names in its prototype.
    return new Proxy(module, { get, getPrototypeOf: () => new Proxy({}, { get }) });
  };
  const exportsOf = (name, module, specifier) => {
    const names = Object.keys(module).filter((one) => one !== "default").join(", ");
    const braces = name === "default" ? "import { ... } with " : "";
    return { rule: "a name that " + specifier + " exports", fix: names === "" ? "export it there" : "write " + braces + "one of: " + names };
  };
  const run = (at) => {
    const module = { exports: {} };
    loaded[at] = module;
    const require = (specifier) => {
      const target = placeOf(at, String(specifier));
      if (libraries.includes(target)) return exporting(library, specifier);
      if (Object.hasOwn(loaded, target)) return exporting(loaded[target].exports, specifier);
      if (Object.hasOwn(registered, target)) return exporting(run(target), specifier);
      refused = String(specifier);
      throw new Error("imports " + specifier);
    };
    registered[at](require, module, module.exports);
    return module.exports;
  };
  const text = (read) => { try { return String(read()); } catch { return "something"; } };
  try {
    return stringify(outcomeOf(run(place).default));
  } catch (error) {
    const isError = error instanceof Error;
    const stack = isError ? text(() => error.stack) : "";
    if (refused !== undefined) return stringify({ refusedImport: refused, stack });
    const thrown = isError
      ? text(() => error.name) + ": " + text(() => error.message)
      : text(() => stringify(error)) + ", thrown";
    const own = (part) => isError && Object.hasOwn(error, part) ? text(() => error[part]) : undefined;
    return stringify({ thrown, stack, rule: own("rule"), fix: own("fix") });
  }
}`;
