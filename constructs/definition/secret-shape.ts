/**
 * Forms by which a secret is known, whatever name it stands under. A text may be long: none of these expressions looks
 * further from one place than a secret reaches, or begins within a word, which would take time by the square.
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

/** Values under such a name that are no secret: nothing, a switch, a path, a variable that is expanded elsewhere. */
const HARMLESS = /^(|true|false|yes|no|none|null|\/\S*|file:.*|[$%{<*].*)$/i;

/** `name=value` in any text, and `"name": "value"` as JSON has it. */
const ASSIGNMENT = /(?<![\w.-])([\w.-]+)(\s?=\s?|["']\s*:\s*)["']?([^\s"';,&]*)/g;

/** What secret a text contains, judged by its form or by a name in it; undefined if it contains none that is known. */
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
