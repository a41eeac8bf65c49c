/** Longest text of foreign origin in a notification, characters. */
const LIMIT = 300;

/**
 * A foreign text (a program's last words, a message from a cluster) as one line of at most 300 characters, without control
 * characters and without those that change the direction of text.
 */
export function oneLine(text: string): string {
  const clean = text
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, " ")
    .replaceAll(/\p{Cs}/gu, "\u{fffd}")
    .trim();
  const characters = [...clean];
  return characters.length <= LIMIT ? clean : `${characters.slice(0, LIMIT - 1).join("")}…`;
}

/** Text for a chat that reads `<`, `>` and `&` as its own markup: a mention of everybody, a link under another's name. */
export function escapedForChat(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/**
 * Text that Alertmanager passes on to receivers of any kind, some of which escape it and some of which do not: with
 * characters that no receiver reads as markup.
 */
export function withoutMarkup(text: string): string {
  return text.replaceAll("<", "‹").replaceAll(">", "›");
}
