/**
 * Positions nearest to the wanted ones (least squares) that keep their order and at least `gap` between neighbours:
 * runs of items that would overlap are moved together to their common mean.
 */
export function spread(wanted: readonly number[], gap: number): readonly number[] {
  const runs: { sum: number; count: number }[] = [];
  wanted.forEach((position, index) => {
    // Shifted by its place in the row, an item must only not be left of the one before it.
    let run = { sum: position - index * gap, count: 1 };
    for (let before = runs.at(-1); before !== undefined && mean(before) > mean(run); before = runs.at(-1)) {
      run = { sum: before.sum + run.sum, count: before.count + run.count };
      runs.pop();
    }
    runs.push(run);
  });
  return runs
    .flatMap((run) => Array.from({ length: run.count }, () => mean(run)))
    .map((position, index) => position + index * gap);
}

function mean({ sum, count }: { readonly sum: number; readonly count: number }): number {
  return sum / count;
}
