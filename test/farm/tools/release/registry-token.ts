import { isTrusted } from "./source.ts";

/**
 * Where a registry gives its token to whoever asks, from the header with which it refuses a request without one; or
 * undefined if it wants something else. @see https://distribution.github.io/distribution/spec/auth/token/
 */
export function tokenPlace(challenge: string | null): string | undefined {
  const [, given] = /^Bearer\s+(.*)$/i.exec(challenge ?? "") ?? [];
  const { realm, ...query } = Object.fromEntries(
    [...(given ?? "").matchAll(/(\w+)="([^"]*)"/g)].map(([, name = "", value = ""]) => [name, value]),
  );
  if (realm === undefined || !URL.canParse(realm) || !isTrusted(new URL(realm))) {
    return undefined;
  }
  const place = new URL(realm);
  for (const [name, value] of Object.entries(query)) {
    place.searchParams.set(name, value);
  }
  return place.href;
}

/** The token in a registry's answer; empty if there is none, with which the registry refuses the request once more. */
export function tokenIn(answer: string): string {
  return /"(?:token|access_token)"\s*:\s*"([^"]*)"/.exec(answer)?.[1] ?? "";
}
