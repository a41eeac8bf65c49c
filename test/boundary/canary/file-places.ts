import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Place, PlaceText } from "./place.ts";

/** Bytes of a file searched at once, and how far two pieces overlap, so that nothing is cut in two. */
const PIECE = 8 * 1024 * 1024;
const OVERLAP = 64 * 1024;

/** All files below some folders. */
export function filesBelow(name: string, folders: () => Promise<readonly string[]>): Place {
  return {
    name,
    texts: async function* (): AsyncIterable<PlaceText> {
      for (const folder of await folders()) {
        const entries = await readdir(folder, { recursive: true, withFileTypes: true });
        for (const entry of entries.filter((each) => each.isFile())) {
          yield* piecesOf(join(entry.parentPath, entry.name));
        }
      }
    },
  };
}

async function* piecesOf(file: string): AsyncIterable<PlaceText> {
  let tail = "";
  for await (const chunk of createReadStream(file, { encoding: "latin1", highWaterMark: PIECE })) {
    const text = tail + String(chunk);
    yield { where: file, text };
    tail = text.slice(-OVERLAP);
  }
}
