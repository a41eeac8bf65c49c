/** One metric: its name, help, type, and samples as label pairs with a value. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: "gauge" | "counter";
  readonly samples: readonly (readonly [Readonly<Record<string, string>>, number])[];
}

/** A metric in the text format of Prometheus. */
export function renderMetric({ name, help, type, samples }: Metric): string {
  const lines = samples.map(([labels, value]) => {
    const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escaped(text)}"`);
    return `${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${value}\n`;
  });
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("")}`;
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

/** One sample for each set of labels: two runs may report the same step, and Prometheus takes one. */
export function oneOfEach(samples: Metric["samples"], pick: (...values: number[]) => number): Metric["samples"] {
  const found = new Map<string, Metric["samples"][number]>();
  for (const [labels, value] of samples) {
    const key = JSON.stringify(labels);
    const before = found.get(key);
    found.set(key, [labels, before === undefined ? value : pick(before[1], value)]);
  }
  return [...found.values()];
}
