/** The known name that a misspelt one was most likely meant to be; undefined where none is similar. */
export function nearName(written: string, known: readonly string[]): string | undefined {
  const wanted = plain(written);
  const [nearest] = known
    .map((name) => ({ name, edits: distance(wanted, plain(name)) }))
    .filter(({ name, edits }) => edits <= Math.max(1, Math.floor(name.length / 3)))
    .sort((one, other) => one.edits - other.edits);
  return nearest?.name;
}

/** `finish_by` and `finishby` as one. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
}

/** A shortened or lengthened word is closer than a different word with one other letter: mebibytes is not pebibyte. */
function distance(written: string, known: string): number {
  const edits = editsBetween(written, known);
  return edits > 0 && isPart(written, known) ? 0.5 : edits;
}

function isPart(written: string, known: string): boolean {
  return (written.length > 2 && known.startsWith(written)) || (written.length > 3 && written.startsWith(known));
}

/** Letters to insert, delete or replace. */
function editsBetween(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1];
    for (const [column, other] of [...to].entries()) {
      const cheapest = Math.min((row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1);
      next.push(Math.min(cheapest, (row[column] ?? 0) + (letter === other ? 0 : 1)));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
