/**
 * Patterns that identify a secret, whatever its name. A text may be long: none of these expressions scans further than
 * a secret is long, or starts within a word, which would take quadratic time.
 */
const FORMS: readonly (readonly [what: string, form: RegExp])[] = [
  ["a private key", /-----BEGIN [A-Z ]{0,40}PRIVATE KEY/],
  ["a JSON web token", /\beyJ[\w-]{8,4000}\.[\w-]{8}/],
  [
    "a token of a known form",
    /\b(gl(pat|dt|rt|ft|ptt|cbt|soat|agent)-|gh[oprsu]_|github_pat_|xox[abeprs]-|A(KIA|SIA)(?=[A-Z0-9]{16}\b)|hvs\.|pul-)[\w-]{10,}/,
  ],
  ["a URL with a password in it", /(?<![a-z0-9+.-])[a-z][a-z0-9+.-]*:\/\/[^\s/:@{}]*:(?!\$)[^\s/@{}]+@/i],
  ["an authorization header", /\bBearer\s+[\w.~+/-]{16,}/i],
];

/** Names that mark their value as a secret. The last word counts: `--token-file` names a file. */
const SECRET_NAME =
  /((^|[^a-z])(pwd|pass|pgpass|pw)|passw(or)?d|passphrase|secret|token|(api|access|account|auth|encryption|private|secret|shared|signing)[-_.]?key|credentials?)$/i;

/** Values under such a name that are not secrets: nothing, a switch, a path, a variable that is expanded elsewhere. */
const HARMLESS = /^(|true|false|yes|no|none|null|\/\S*|file:.*|[$%{<*].*)$/i;

/** `name=value` in any text, and `"name": "value"` as in JSON. */
const ASSIGNMENT = /(?<![\w.-])([\w.-]+)(\s?=\s?|["']\s*:\s*)["']?([^\s"';,&]*)/g;

/** Which secret a text contains, judged by its form or by a name in it; undefined if it contains no known one. */
export function secretShape(text: string): string | undefined {
  const form = FORMS.find(([, expression]) => expression.test(text));
  if (form !== undefined) {
    return form[0];
  }
  const assigned = [...text.matchAll(ASSIGNMENT)].find(([, name = "", , value = ""]) => isSecretUnder(name, value));
  return assigned === undefined ? undefined : `a value for ${assigned[1]}`;
}

/** Whether a text under this name is a secret: `--password`, `DB_TOKEN`. */
export function isSecretUnder(name: string, value: string): boolean {
  return (
    SECRET_NAME.test(name) &&
    !/(existing|from|pull)[-_.]?secret$/i.test(name) &&
    !HARMLESS.test(value) &&
    !(/token$/i.test(name) && /^\d+$/.test(value))
  );
}
