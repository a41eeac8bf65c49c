import { fileURLToPath } from "node:url";
import { readJsonObject } from "../constructs/definition/json-file.ts";
import { mistake, received } from "../constructs/definition/problem.ts";
import { list, record, text } from "../constructs/form/form.ts";
import { requireForm } from "../constructs/form/require-form.ts";

/** Who comes first when a change touches all; `waves.json`. */
export interface WaveSettings {
  /** Customers of the first wave, preferably one that can do without a night. @default - the first by name */
  readonly first: readonly string[];
  /** Customers of the second wave. @default - a tenth of the others */
  readonly second: readonly string[];
}

const SHOWN = "pipeline/waves.json";
const FILE = fileURLToPath(new URL("waves.json", import.meta.url));

const someCustomers = list(text("nordbank"), "names of customers", '["nordbank"]');
const form = record<WaveSettings>(
  { first: someCustomers, second: someCustomers },
  "who comes first and second",
  '{ "first": [], "second": [] }',
);

/**
 * Reads and checks a file of such settings.
 * @throws ProblemsError with everything wrong in it
 */
export function readWaves(file: string): WaveSettings {
  const content = readJsonObject({
    file,
    shown: SHOWN,
    rule: "a JSON object with who comes first and second",
    fix: 'write { "first": [], "second": [] }',
  });
  return requireForm(SHOWN, form, content);
}

/** The second wave is a tenth, and no more than the number of jobs that a GitLab job may wait for. */
const TENTH = 10;
const MOST = 50;

/**
 * The waves of a change that touches several customers: one, some, all others. A wave starts when a person starts it
 * after the previous one was deployed; an empty one is left out.
 *
 * @param customers Those that the change touches.
 * @throws UserError if the settings name somebody who is not a customer, or somebody twice
 */
export function waves(
  customers: readonly string[],
  all: readonly string[],
  { first, second }: WaveSettings = readWaves(FILE),
): readonly (readonly string[])[] {
  const unknown = [...first, ...second].filter((name) => !all.includes(name));
  if (unknown.length > 0) {
    throw mistake(
      `${SHOWN}: received ${received(unknown)}`,
      "the first two waves name customers, by their file",
      `use some of ${all.join(", ")}`,
    );
  }
  const twice = [...first, ...second].filter((name, index, every) => every.indexOf(name) !== index);
  if (twice.length > 0) {
    throw mistake(
      `${SHOWN}: received ${received(twice)} twice`,
      "each customer is in one wave, and named once",
      "remove one of the two",
    );
  }
  const one = named(first, customers, 1);
  const left = customers.filter((name) => !one.includes(name));
  const some = named(second, left, Math.ceil(left.length / TENTH)).slice(0, MOST);
  const others = left.filter((name) => !some.includes(name));
  return [one, some, others].filter((wave) => wave.length > 0);
}

function named(wanted: readonly string[], of: readonly string[], otherwise: number): readonly string[] {
  const found = of.filter((name) => wanted.includes(name)).slice(0, MOST);
  return found.length > 0 ? found : of.slice(0, otherwise);
}
