/** What a fleet for a benchmark consists of. */
export interface FleetSize {
  readonly customers: number;
  /** Steps of a night. */
  readonly steps: number;
  /** Result files that a step brings back. */
  readonly files: number;
  /** Days of records, one a day. */
  readonly days: number;
}

/** `1000x7x2x90`: customers, steps, files of a step, days. @throws Error for any other text */
export function parseFleetSize(text: string): FleetSize {
  const [, customers, steps, files, days] = /^(\d+)x(\d+)x(\d+)x(\d+)$/.exec(text) ?? [];
  if (days === undefined) {
    throw new Error(`"${text}" is not <customers>x<steps>x<files of a step>x<days>, such as "1000x7x2x90"`);
  }
  return { customers: Number(customers), steps: Number(steps), files: Number(files), days: Number(days) };
}

export function showFleetSize({ customers, steps, files, days }: FleetSize): string {
  return `${customers} customers x ${steps} steps with ${files} files, ${days} days`;
}
