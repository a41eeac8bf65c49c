import type { Manifest } from "../constructs/kubernetes/manifest.ts";

/** Replaces a secret. */
export const MASKED = "(masked)";

/** Patterns of known secrets, wherever they are in a text. */
const FORMS: readonly RegExp[] = [
  /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----[\s\S]*?(?:-----END (?:[A-Z]+ )?PRIVATE KEY-----|$)/g,
  /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*/g,
  /\b(?:glpat-|gldt-|glrt-|ghp_|gho_|ghs_|github_pat_|xox[abpr]-|hvs\.|pul-)[\w-]{10,}/g,
  /\bAKIA[A-Z0-9]{16}\b/g,
  /(?<=\/\/[^\s/:@]+:)[^\s/@]+(?=@)/g,
  /(?<=\b[Bb]earer\s+)[A-Za-z0-9._~+/-]{16,}/g,
  /(?<=(?:client-key-data|client-certificate-data|token|password)"?\s*:\s*"?)[^\s"]+/g,
];

/** Fields of a Secret that contain its values. */
const VALUES = ["data", "stringData"];

/**
 * A manifest as it may be shown in a merge request: a Secret's values masked entirely, and elsewhere what looks like a
 * secret. Synthesis writes none; this helps when somebody pastes one into a customer file.
 */
export function maskManifest(manifest: Manifest): Manifest {
  const masked: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(manifest)) {
    masked[name] = manifest.kind === "Secret" && VALUES.includes(name) ? maskAll(value) : maskValue(value);
  }
  return masked as Manifest;
}

/** A text in which everything that looks like a secret is masked. */
export function maskText(text: string): string {
  return FORMS.reduce((masked, form) => masked.replaceAll(form, MASKED), text);
}

function maskAll(value: unknown): unknown {
  return typeof value === "object" && value !== null
    ? Object.fromEntries(Object.keys(value).map((name) => [name, MASKED]))
    : MASKED;
}

function maskValue(value: unknown): unknown {
  if (typeof value === "string") {
    return maskText(value);
  }
  if (Array.isArray(value)) {
    return value.map(maskValue);
  }
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, maskValue(entry)]));
  }
  return value;
}
