/** Characters that do not show: control characters, changes of writing direction, Unicode line ends. */
const HIDDEN = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** Whether a text is one line of visible characters, and not empty. */
export function isPrintable(text: string): boolean {
  return text.search(HIDDEN) === -1 && text.trim() !== "";
}

/** How many characters people see in a text: an emoji is one, though JavaScript counts two. */
export function characters(text: string): number {
  return [...text].length;
}

/** A text with every invisible character as its number, so that it is harmless in a terminal and visible to people. */
export function withHiddenShown(text: string): string {
  return text.replaceAll(HIDDEN, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}
