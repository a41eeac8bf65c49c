import type { CustomerDefinition } from "../../constructs/definition/customer-definition.ts";
import { Cpu, riskApp, Size, sparkRiskWorkflow } from "../../constructs/index.ts";
import type { Manifest } from "../../constructs/kubernetes/manifest.ts";
import { contentName, NIGHT } from "../../constructs/lane/content-name.ts";
import type { Night } from "../../constructs/night/night.ts";
import type { SparkOptions } from "../../constructs/night/step.ts";
import type { WorkflowSpec } from "../../constructs/workflow/argo.ts";
import { nightSpec } from "../../constructs/workflow/night-spec.ts";
import { laneNamespace } from "../../runs/lane-namespace.ts";

/** A night whose Spark programs only sleep. */
export interface SleepingNight {
  /** Seconds that the work of each step takes. */
  readonly workSeconds: number;
  /** Lines that each driver writes to its log before that, a part of them every second. @default - none */
  readonly log?: DriverLogLines;
  /** Declares the steps, each with the options given. */
  readonly steps: (night: Night, options: SparkOptions) => void;
}

/** What a driver writes to its log. */
export interface DriverLogLines {
  readonly mebibytes: number;
  readonly mebibytesPerSecond: number;
  /** Bytes of a line with its end. */
  readonly lineBytes: number;
}

/** Name of the program that the work replaces. */
const PROGRAM = "sleep.py";

/**
 * The template of a night in a customer's lane, as the product makes it from a customer's file, except that the Spark
 * program of each step is a shell that sleeps and leaves a result: Spark's own start would hide what is measured.
 * The images are those of NIGHTLANE_IMAGES.
 */
export function sleepingNightTemplate(lane: CustomerDefinition, night: SleepingNight): Manifest {
  const small = { memory: Size.gibibytes(1), cpu: Cpu.millis(100), driverCpu: Cpu.millis(100), executors: 1 };
  const workflow = sparkRiskWorkflow({
    schedule: lane.workflow.schedule,
    steps: (one) => night.steps(one, { ...small, app: riskApp(PROGRAM) }),
  });
  const spec: WorkflowSpec = JSON.parse(withWork(JSON.stringify(nightSpec({ ...lane, workflow })), night));
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "WorkflowTemplate",
    metadata: { name: contentName(NIGHT, spec), namespace: laneNamespace(lane.name) },
    spec,
  };
}

/** Puts the shell in the place of the program. The document is JSON within JSON. */
function withWork(spec: string, { workSeconds, log }: SleepingNight): string {
  const script = [
    ...(log === undefined ? [] : logLines(log)),
    // A shell that is asked to end while it waits for another program would go on waiting.
    `sleep ${workSeconds} & trap 'kill $!' TERM; wait $!`,
    'mkdir -p "$NIGHT_DIR/$STEP" && cd "$NIGHT_DIR/$STEP"',
    "echo done >result",
    'sum=$(sha256sum result | cut -d" " -f1)',
    'files=[{\\"path\\":\\"result\\",\\"bytes\\":5,\\"sha256\\":\\"$sum\\"}]',
    'echo "{\\"step\\":\\"$STEP\\",\\"attempt\\":$ATTEMPT,\\"files\\":$files}" >manifest.json',
  ].join("\n");
  const inDocument = (value: unknown): string => JSON.stringify(JSON.stringify(value)).slice(1, -1);
  // From the entrypoint's word to the place of the program and its arguments.
  const started = /\[\\"driver\\",(?:(?!\\"driver\\").)*?\{\{inputs\.parameters\.args\}\}\]/gs;
  const changed = spec.replaceAll(started, () => inDocument(["bash", "-euc", script]));
  if (changed === spec) {
    throw new Error("the night's template starts no driver");
  }
  return changed;
}

function logLines({ mebibytes, mebibytesPerSecond, lineBytes }: DriverLogLines): readonly string[] {
  const parts = Math.ceil(mebibytes / mebibytesPerSecond);
  const part = `yes "$line" | head -c ${mebibytesPerSecond}M`;
  return [`line=$(printf %0${lineBytes - 1}d 0)`, `for part in $(seq ${parts}); do ${part}; sleep 1; done`];
}
