import { isFields } from "../model/fields.ts";
import { type Node, pathOf } from "./walk.ts";

/** A place in a manifest that holds what looks like a secret itself. The value is never repeated. */
export interface SecretValue {
  readonly path: string;
  readonly why: string;
}

/** Forms that secrets are known by. */
const FORMS: readonly (readonly [why: string, form: RegExp])[] = [
  ["a private key", /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/],
  ["a JSON web token, as service accounts have", /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*/],
  [
    "a token of a known form",
    /\b(?:glpat-|gldt-|glrt-|ghp_|gho_|ghs_|github_pat_|xox[abpr]-|AKIA(?=[A-Z0-9]{16}\b)|hvs\.|pul-)[\w-]{10,}/,
  ],
  ["a URL with a password in it", /[a-z][a-z0-9+.-]*:\/\/[^\s/:@{}]+:[^\s/@{}]+@/i],
  ["a kubeconfig", /(?:client-key-data|certificate-authority-data)"?\s*:/],
  ["an authorization header", /\b[Bb]earer\s+[A-Za-z0-9._~+/-]{16,}/],
];

/** A quick test that rules out nearly every string before the forms are tried one by one. */
const SUSPICIOUS =
  /PRIVATE KEY|\beyJ|\bgl[a-z]+-|\bgh[a-z]+_|github_pat_|\bxox|\bAKIA|\bhvs\.|\bpul-|:\/\/[^\s/]*:[^\s/]*@|-data"?\s*:|[Bb]earer\s/;

/** Names under which people put secrets. */
const TELLING_NAME =
  /(?:client-key-data|passw(?:or)?d|passphrase|secret|token|api[-_]?key|credential|private[-_]?key|access[-_]?key)s?$/i;

/** Values under such a name that reveal nothing: a placeholder, a path, a switch, a number. */
const HARMLESS = /^(?:|\{\{[^{}]*\}\}|\$\([^)]*\)|\/[\w./-]*|true|false|yes|no|auto|none|\d+)$/i;

/** Nothing shorter is recognized by its form alone. */
const SHORTEST_SECRET = 14;

const verdicts = new Map<string, string | undefined>();

/** Secrets in one value: by its own form, or by the name it goes under. */
export function secretValue(node: Node): SecretValue | undefined {
  const { key, value } = node;
  if (typeof value === "string") {
    // A document's own values are visited one by one.
    const why = (node.isDocument ? undefined : secretForm(value)) ?? flagValue(node, value) ?? namedField(key, value);
    return why === undefined ? undefined : { path: pathOf(node), why };
  }
  if (isFields(value) && typeof value.name === "string" && typeof value.value === "string") {
    const why = secretUnderName(value.name, value.value);
    return why === undefined ? undefined : { path: `${pathOf(node)}.value`, why };
  }
  return undefined;
}

/** Fields that hold references or switches under a revealing name. */
const REFERENCE_FIELD = /^(?:secretName|secret|name|serviceAccountToken|path|mountPath|key)$/;

function namedField(key: string | number, value: string): string | undefined {
  return typeof key === "string" && isRevealing(key) && !REFERENCE_FIELD.test(key)
    ? secretUnderName(key, value)
    : undefined;
}

/** `--token=abc`, or `--token` with its value as the next argument. */
function flagValue({ key, parent }: Node, value: string): string | undefined {
  if (typeof key !== "number") {
    return undefined;
  }
  const assigned = /^-{0,2}([\w-]+)=(.+)$/s.exec(value);
  if (assigned !== null) {
    return secretUnderName(assigned[1] ?? "", assigned[2] ?? "");
  }
  const before = Array.isArray(parent?.value) ? parent.value[key - 1] : undefined;
  return typeof before === "string" && /^--?[\w-]+$/.test(before)
    ? secretUnderName(before.replace(/^-+/, ""), value)
    : undefined;
}

function secretUnderName(name: string, value: string): string | undefined {
  return isRevealing(name) && !HARMLESS.test(value) ? `a value under the name ${name}` : undefined;
}

/** Verdicts by name: there are few names and very many values. */
const tellingNames = new Map<string, boolean>();

function isRevealing(name: string): boolean {
  let verdict = tellingNames.get(name);
  if (verdict === undefined) {
    verdict = TELLING_NAME.test(name);
    tellingNames.set(name, verdict);
  }
  return verdict;
}

/** Texts up to this length recur from customer to customer, and are judged once. */
const RECURRING = 256;

function secretForm(value: string): string | undefined {
  if (value.length < SHORTEST_SECRET) {
    return undefined;
  }
  if (value.length > RECURRING) {
    return judge(value);
  }
  if (!verdicts.has(value)) {
    verdicts.set(value, judge(value));
  }
  return verdicts.get(value);
}

function judge(value: string): string | undefined {
  if (SUSPICIOUS.test(value)) {
    const form = FORMS.find(([, expression]) => expression.test(value));
    if (form !== undefined) {
      return form[0];
    }
  }
  return randomWord(value) ? "a long random word" : undefined;
}

/** Fewer bits per character than this is a name or a number, not a key. */
const RANDOM_BITS = 3.9;

/** Whether a text holds a word that only a generator of keys writes: long, mixed, without repetition. */
function randomWord(value: string): boolean {
  const words = value.match(/[A-Za-z0-9+/_=-]{24,}/g) ?? [];
  return words.some(
    (word) =>
      /[a-z]/.test(word) && /[A-Z]/.test(word) && /\d/.test(word) && !/^\//.test(word) && entropy(word) > RANDOM_BITS,
  );
}

/** Shannon's entropy of the characters, in bits per character. */
function entropy(word: string): number {
  const counts = new Map<string, number>();
  for (const character of word) {
    counts.set(character, (counts.get(character) ?? 0) + 1);
  }
  return [...counts.values()].reduce((bits, count) => bits - (count / word.length) * Math.log2(count / word.length), 0);
}
