import { Writable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { printable } from "../runs/log-end.ts";

/** The runner puts this before every line of the driver's log. */
const DRIVER_PREFIX = "driver | ";

export interface LogLinesOptions {
  /** Only what the Spark driver said, without the runner's prefix. @default false */
  readonly driver?: boolean;
  /** Unchanged: otherwise control characters are replaced, since the text is not ours. @default false */
  readonly raw?: boolean;
}

/** Takes a log and writes its lines to a stream, which stays open. */
export class LogLines extends Writable {
  private readonly decoder = new StringDecoder("utf8");
  private rest = "";

  constructor(
    private readonly to: NodeJS.WritableStream,
    private readonly options: LogLinesOptions = {},
  ) {
    super();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, next: (error?: Error | null) => void): void {
    const lines = (this.rest + this.decoder.write(chunk)).split("\n");
    this.rest = lines.pop() ?? "";
    this.pass(lines, next);
  }

  override _final(next: (error?: Error | null) => void): void {
    const last = this.rest + this.decoder.end();
    this.pass(last === "" ? [] : [last], next);
  }

  private pass(lines: readonly string[], next: (error?: Error | null) => void): void {
    const text = lines.flatMap((line) => this.shown(line)).join("");
    if (text === "") {
      next();
    } else {
      this.to.write(text, next);
    }
  }

  private shown(line: string): readonly string[] {
    if (this.options.driver === true && !line.startsWith(DRIVER_PREFIX)) {
      return [];
    }
    const own = this.options.driver === true ? line.slice(DRIVER_PREFIX.length) : line;
    return [`${this.options.raw === true ? own : printable(own)}\n`];
  }
}
