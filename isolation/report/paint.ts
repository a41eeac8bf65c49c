/** How text is highlighted: in colour on a terminal, not at all in a file. */
export interface Paint {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly dim: (text: string) => string;
}

const same = (text: string): string => text;

/** Text as it is. */
export const plain: Paint = { good: same, bad: same, warn: same, dim: same };

const code =
  (number: number) =>
  (text: string): string =>
    `\u001b[${number}m${text}\u001b[0m`;

/** Text in the colours of a terminal. */
export const coloured: Paint = { good: code(32), bad: code(31), warn: code(33), dim: code(2) };

/** Colours for a terminal whose user did not refuse them (NO_COLOR). */
export function paintFor(stream: { readonly isTTY?: boolean }): Paint {
  return stream.isTTY === true && (process.env.NO_COLOR ?? "") === "" ? coloured : plain;
}
