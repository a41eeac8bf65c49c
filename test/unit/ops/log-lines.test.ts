import { once } from "node:events";
import { Writable } from "node:stream";
import { describe, expect, test } from "vitest";
import { LogLines, type LogLinesOptions } from "../../../ops/log-lines.ts";

/** What is shown of a log that arrives in these pieces. */
async function shown(pieces: readonly (string | Buffer)[], options: LogLinesOptions = {}): Promise<string> {
  let text = "";
  const to = new Writable({
    write: (chunk, _, next) => {
      text += chunk.toString();
      next();
    },
  });
  const lines = new LogLines(to, options);
  const ended = once(lines, "finish");
  for (const piece of pieces) {
    lines.write(piece);
  }
  lines.end();
  await ended;
  expect(to.writableEnded).toBe(false);
  return text;
}

describe("the lines of a log", () => {
  test("are whole, whatever pieces they come in", async () => {
    const bytes = Buffer.from("runner: größer\ndriver | end");
    const pieces = Array.from(bytes, (byte) => Buffer.from([byte]));
    expect(await shown(pieces)).toBe("runner: größer\ndriver | end\n");
  });

  test("are those of the driver alone, without the prefix, where only these are wanted", async () => {
    expect(await shown(["runner: x\ndriver | a\ndri", "ver | b\nstdout | c\n"], { driver: true })).toBe("a\nb\n");
  });

  test("hold nothing that a terminal obeys, unless it is asked for", async () => {
    const hostile = "driver | \u001B]52;c;eA==\u0007x\u001B[2K\rrunner: results: 12 files, verified\n";
    expect(await shown([hostile])).toBe(
      "driver | \uFFFD]52;c;eA==\uFFFDx\uFFFD[2K\uFFFDrunner: results: 12 files, verified\n",
    );
    expect(await shown([hostile], { raw: true })).toBe(hostile);
  });
});
