import type { ReporterStream } from "./tools/reporter.ts";

const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const REDRAW_MILLISECONDS = 120;
const DEFAULT_COLUMNS = 80;

/** The lines at the bottom of a terminal that are redrawn while work goes on; what is printed scrolls above them. */
export class LiveBlock {
  private readonly lines = new Set<() => string>();
  private drawn = 0;
  private frame = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly output: ReporterStream) {}

  /** Adds a live line. The returned function removes it and leaves `last` above the block. */
  add(text: () => string): (last: string) => void {
    this.lines.add(text);
    this.timer ??= setInterval(() => this.redraw(""), REDRAW_MILLISECONDS);
    this.redraw("");
    return (last) => {
      this.lines.delete(text);
      this.print(last);
      if (this.lines.size === 0 && this.timer !== undefined) {
        clearInterval(this.timer);
        this.timer = undefined;
      }
    };
  }

  /** Prints one line above the block. */
  print(text: string): void {
    this.redraw(`${text}\n`);
  }

  private redraw(above: string): void {
    this.frame += 1;
    const spinner = FRAMES[this.frame % FRAMES.length] ?? "";
    const width = (this.output.columns || DEFAULT_COLUMNS) - 1;
    const block = [...this.lines].map((line) => `${cut(`${spinner} ${line()}`, width)}\n`).join("");
    const up = this.drawn > 0 ? `\u001b[${this.drawn}A` : "";
    this.output.write(`${up}\u001b[0J${above}${block}`);
    this.drawn = this.lines.size;
  }
}

/** Cuts to `width` visible characters, so that no line wraps; colour codes do not count. */
export function cut(text: string, width: number): string {
  let visible = 0;
  let result = "";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character starts a colour code
  for (const part of text.split(/(\u001b\[[0-9]*m)/)) {
    if (part.startsWith("\u001b")) {
      result += part;
      continue;
    }
    const rest = [...part].slice(0, width - visible);
    visible += rest.length;
    result += rest.join("");
  }
  return result;
}
