/** Control characters, those that turn the direction of writing, and the line ends of Unicode: what does not show. */
const HIDDEN = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** Whether a text is one line of characters that can be seen, and not empty. */
export function isPrintable(text: string): boolean {
  return text.search(HIDDEN) === -1 && text.trim() !== "";
}

/** A text with each character that does not show by its number: it does nothing to a terminal, and people see it. */
export function withHiddenShown(text: string): string {
  return text.replaceAll(HIDDEN, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}
