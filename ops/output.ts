import type { Writable } from "node:stream";
import { type Paint, paintFor } from "./render-night.ts";

/** Form of a command's result. */
export type OutputForm = "text" | "json";

/** Where a command's result goes. What is said on the way goes to standard error, so that results can be piped. */
export class Output {
  readonly paint: Paint;

  constructor(
    readonly form: OutputForm,
    private readonly result: Writable & { readonly isTTY?: boolean },
    private readonly notes: Writable,
  ) {
    this.paint = form === "json" ? (_, text) => text : paintFor(result);
  }

  /** Writes the result: `data` as JSON, or what `text` makes of it. */
  show<Data>(data: Data, text: (data: Data, paint: Paint) => string): void {
    const rendered = this.form === "json" ? JSON.stringify(data, null, 2) : text(data, this.paint);
    this.result.write(`${rendered}\n`);
  }

  /** The stream of results, for what is written piece by piece. */
  get stream(): Writable & { readonly isTTY?: boolean } {
    return this.result;
  }

  /** Says what is going on. */
  note(text: string): void {
    this.notes.write(`${text}\n`);
  }
}

/** Rows with their columns aligned; the first row is the heading. */
export function table(rows: readonly (readonly string[])[]): string {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
