import { stringify } from "yaml";
import type { TemporaryFolder } from "../api/support.ts";
import { runCommand } from "../farm/command.ts";
import { type ExpectedCall, IDENTITY } from "./expected-call.ts";
import type { Recording } from "./recording.ts";
import type { RuleGroup } from "./rules.ts";

/** A timeline, and the calls that rules must raise over it: each as often as stated, and no other. */
export interface RecordedTimeline {
  readonly title: string;
  readonly recording: Recording;
  readonly calls: readonly ExpectedCall[];
  /** Whether the sign of life is there at the end. @default - it is not checked */
  readonly alive?: boolean;
}

const BY = `by (${["alertname", ...IDENTITY].join(", ")})`;
const CALLS = 'ALERTS{alertstate="firing", severity!="none"}';
const SIGN_OF_LIFE = 'ALERTS{alertstate="firing", severity="none"}';

/** The real promtool. */
export class Promtool {
  constructor(
    private readonly path: string,
    private readonly folder: TemporaryFolder,
  ) {}

  /** Why Prometheus rejects rules; undefined if it does not. */
  async complaintOf(groups: readonly RuleGroup[]): Promise<string | undefined> {
    const file = this.folder.file("check.yaml", JSON.stringify({ groups }));
    return this.failureOf(["check", "rules", "--lint=all", "--lint-fatal", file]);
  }

  /** Why Prometheus rejects metrics in its text format; undefined if it does not. */
  async complaintOfMetrics(metrics: string): Promise<string | undefined> {
    return this.failureOf(["check", "metrics"], metrics);
  }

  /** How the calls that rules raise over timelines differ from those that must come; undefined if they do not. */
  async differences(groups: readonly RuleGroup[], timelines: readonly RecordedTimeline[]): Promise<string | undefined> {
    const rules = this.folder.file("rules.yaml", stringify({ groups }));
    const files = timelines.map((timeline, index) => {
      const { interval } = timesOf(timeline.recording);
      const tests = [testOf(timeline)];
      return this.folder.file(
        `timeline-${index}.yaml`,
        stringify({ rule_files: [rules], evaluation_interval: interval, tests }),
      );
    });
    return this.failureOf(["test", "rules", ...files]);
  }

  private async failureOf(args: readonly string[], input = ""): Promise<string | undefined> {
    const { code, output } = await runCommand(this.path, args, { cwd: this.folder.path, env: {}, input });
    return code === 0 ? undefined : output;
  }
}

function timesOf({ step, scrapes }: Recording): { readonly interval: string; readonly last: number } {
  return { interval: `${step}m`, last: (scrapes - 1) * step };
}

function testOf({ title, recording, calls, alive }: RecordedTimeline): object {
  const { interval, last } = timesOf(recording);
  const begins = `(${CALLS} unless ${CALLS} offset ${interval})[${last + recording.step}m:${interval}]`;
  const questions = [
    {
      expr: `sum ${BY} (sum_over_time(${begins}))`,
      exp_samples: calls.map((call) => ({ labels: labelsOf(call), value: (call.times ?? 1) * (call.dates ?? 1) })),
    },
    {
      expr: `count ${BY} (${CALLS})`,
      exp_samples: calls
        .filter((call) => call.stands)
        .map((call) => ({ labels: labelsOf(call), value: call.dates ?? 1 })),
    },
    ...(alive === undefined
      ? []
      : [{ expr: `count(${SIGN_OF_LIFE})`, exp_samples: alive ? [{ labels: "{}", value: 1 }] : [] }]),
  ];
  return {
    name: title,
    interval,
    start_timestamp: recording.start,
    input_series: recording.series,
    promql_expr_test: questions.map((question) => ({ ...question, eval_time: `${last}m` })),
  };
}

function labelsOf({ alert, ...call }: ExpectedCall): string {
  const pairs = IDENTITY.flatMap((name) => (call[name] === undefined ? [] : [`${name}="${call[name]}"`]));
  return `{${[`alertname="${alert}"`, ...pairs].join(", ")}}`;
}
