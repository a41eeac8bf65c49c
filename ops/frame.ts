import type { Writable } from "node:stream";
import type { Screen } from "./output.ts";
import { line } from "./text/line.ts";
import { plain } from "./text/paint.ts";

const COLUMNS = 80;
const ROWS = 24;

/** How much room a frame has. */
export interface FrameSize {
  readonly columns: number;
  /** One less than the screen has: the last is the cursor's. */
  readonly rows: number;
}

/**
 * Text that is drawn again in its place on a terminal. It must fit: what has scrolled off the screen cannot be drawn
 * again, and a line that the terminal wraps takes two rows.
 */
export class Frame {
  private lines = 0;
  private content: (size: FrameSize) => string = () => "";
  private footer: string | undefined;

  constructor(private readonly screen: Writable & Screen) {}

  /** @param content The frame for the size that the screen has now. */
  draw(content: (size: FrameSize) => string): void {
    this.content = content;
    const { columns = COLUMNS, rows = ROWS } = this.screen;
    const footer = this.footer === undefined ? [] : [line([this.footer], plain, columns)];
    const lines = [...content({ columns, rows: rows - 1 - footer.length }).split("\n"), ...footer];
    // Up, to the first column, and clear what is below.
    const up = this.lines > 0 ? `\u001b[${Math.min(this.lines, rows - 1)}A` : "";
    this.screen.write(`${up}\r\u001b[J${lines.join("\n")}\n`);
    this.lines = lines.length;
  }

  /** Shows a text below the frame from now on; written elsewhere it would move the frame. */
  say(text: string): void {
    this.footer = text;
    this.draw(this.content);
  }
}
