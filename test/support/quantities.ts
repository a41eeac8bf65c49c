const UNITS: Readonly<Record<string, number>> = { "": 1, m: 0.001, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 };

function amount(quantity: string): number {
  const [, number, unit = ""] = /^(\d+)(\w*)$/.exec(quantity) ?? [];
  const factor = UNITS[unit];
  if (number === undefined || factor === undefined) {
    throw new Error(`not a quantity that is used here: ${quantity}`);
  }
  return Number(number) * factor;
}

/** A quantity of CPU in cores: `250m` is 0.25. */
export const cores = amount;

/** A quantity of memory or storage in bytes: `1Ki` is 1024. */
export const bytes = amount;
