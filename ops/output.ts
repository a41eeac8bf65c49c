import type { Writable } from "node:stream";
import { Times } from "../runs/times.ts";
import { type Paint, paintFor, plain } from "./text/paint.ts";
import { harmless } from "./text/width.ts";

/** Form of a command's result. */
export type OutputForm = "text" | "json";

/** Version of all JSON answers. Within a version fields are only added. */
export const ANSWER_VERSION = "cli.nightlane.example/v1";

/** Head of every JSON answer. */
export type AnswerKind =
  | "NightList"
  | "WaitingList"
  | "Night"
  | "RunList"
  | "Start"
  | "Outcome"
  | "Backfill"
  | "Comparison"
  | "Act"
  | "ActList"
  | "Page"
  | "Error"
  | "Note";

/** A stream, and the terminal behind it where there is one. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

/** How a result is shown to people. */
export interface View {
  readonly paint: Paint;
  readonly times: Times;
  /** Columns of the terminal. @default - there is none, and nothing is cut */
  readonly columns?: number;
}

/** How a command answers. */
export interface OutputOptions {
  readonly form: OutputForm;
  /** Show all times in UTC. @default false */
  readonly utc?: boolean;
}

/** Where a command's result goes. Progress goes to standard error, so that results can be piped. */
export class Output {
  readonly view: View;
  readonly form: OutputForm;

  constructor(
    { form, utc = false }: OutputOptions,
    private readonly result: Writable & Screen,
    private readonly notes: Writable,
  ) {
    this.form = form;
    const columns = result.isTTY === true && form === "text" ? result.columns : undefined;
    this.view = {
      paint: form === "json" ? plain : paintFor(result),
      times: new Times(utc),
      ...(columns === undefined ? {} : { columns }),
    };
  }

  /** Writes the result: `data` as one document for machines, or what `text` makes of it. */
  show<Data extends object>(kind: AnswerKind, data: Data, text: (data: Data, view: View) => string): void {
    const rendered = this.form === "json" ? JSON.stringify(answer(kind, data), null, 2) : text(data, this.view);
    this.result.write(`${rendered}\n`);
  }

  /** The stream of results, for what is written piece by piece. */
  get stream(): Writable & Screen {
    return this.result;
  }

  /** Notes progress. */
  readonly note = (text: string): void => {
    this.notes.write(`${this.form === "json" ? JSON.stringify(answer("Note", { message: text })) : harmless(text)}\n`);
  };
}

/** A JSON answer; a list has its entries as `items`. */
export function answer(kind: AnswerKind, data: object): object {
  const content = Array.isArray(data) ? { items: data } : data;
  return { apiVersion: ANSWER_VERSION, kind, ...content };
}
