import { styleText } from "node:util";

/** Colours that say something: `bold` for headings, `gray` for what matters least. */
export type Color = "green" | "red" | "yellow" | "cyan" | "gray" | "bold";

/** Colours a text; `plain` for pipes and logs. */
export type Paint = (color: Color, text: string) => string;

export const plain: Paint = (_, text) => text;

/** Colours on a terminal, none elsewhere, nor where `NO_COLOR` asks for none. */
export function paintFor(stream: { readonly isTTY?: boolean }, environment = process.env): Paint {
  const wanted = stream.isTTY === true && !environment.NO_COLOR;
  return wanted ? (color, text) => styleText(color, text, { validateStream: false }) : plain;
}
