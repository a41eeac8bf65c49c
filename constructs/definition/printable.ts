/** Whether a text is one line of characters that can be seen, and not empty. */
export function isPrintable(text: string): boolean {
  return /^\P{C}+$/u.test(text) && text.trim() !== "";
}
