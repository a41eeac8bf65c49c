import { Transform, type TransformCallback } from "node:stream";
import { workflowNodes } from "../../runs/nodes.ts";
import { stepNodes } from "../../runs/step-nodes.ts";
import type { Central } from "../central.ts";
import { type NightChoice, nightToShow, stepOf } from "../choose-night.ts";
import { ExitCode, OpsError } from "../exit-code.ts";
import type { Lane } from "../lanes.ts";
import type { Output } from "../output.ts";

/** Which log is wanted. */
export interface LogOptions extends NightChoice {
  /** @default - the last attempt */
  readonly attempt?: number;
  /** Only what the Spark driver said. @default false */
  readonly driver?: boolean;
  /** Go on until the step ends. @default false */
  readonly follow?: boolean;
}

/** The runner puts this before every line of the driver's log. */
const DRIVER_PREFIX = "driver | ";

/** The log of a step's runner, which holds the Spark driver's log too. */
export async function logs(
  central: Central,
  lane: Lane,
  name: string,
  options: LogOptions,
  output: Output,
): Promise<void> {
  const night = await nightToShow(central, lane, options);
  const step = stepOf(night, name);
  const { attempts } = stepNodes(workflowNodes(night.workflow), name);
  const attempt =
    options.attempt === undefined ? attempts.at(-1) : attempts.find(({ number }) => number === options.attempt);
  if (attempt === undefined) {
    throw new OpsError(
      options.attempt === undefined ? ExitCode.notPossible : ExitCode.notFound,
      options.attempt === undefined
        ? `${name} of ${lane.customer} has not run yet (${step.state}), so it has no log`
        : `${name} of ${lane.customer} has had ${attempts.length} attempts, there is no attempt ${options.attempt}`,
      `nightlane show ${lane.customer}`,
    );
  }
  const pods = await central.pods(lane.namespace, night.state.workflow);
  // The last runner that has left a pod: an evicted one before it may be gone.
  const found = attempt.pods.flatMap((node) => pods.filter((pod) => pod.nodeId === node.id)).at(-1);
  if (found === undefined) {
    const { pipeline, businessDate, runNumber } = { pipeline: "night", ...night.state };
    throw new OpsError(
      ExitCode.notFound,
      `the runner of ${name}, attempt ${attempt.number}, is gone: ended runners are kept for one hour`,
      `its log lies on the lane's results volume: /results/${pipeline}/${businessDate ?? "<date>"}/run-${runNumber}/${name}/attempt-${attempt.number}.log`,
    );
  }
  const filter = options.driver === true ? new DriverLines() : undefined;
  filter?.pipe(output.stream, { end: false });
  const sink = filter ?? new Passing(output.stream);
  await central.runnerLog(lane.namespace, found.name, sink, { follow: options.follow ?? false });
}

/** Passes only the driver's lines, without their prefix. */
export class DriverLines extends Transform {
  private rest = "";

  override _transform(chunk: Buffer | string, _encoding: BufferEncoding, next: TransformCallback): void {
    const lines = (this.rest + chunk.toString()).split("\n");
    this.rest = lines.pop() ?? "";
    this.pass(lines);
    next();
  }

  override _flush(next: TransformCallback): void {
    this.pass([this.rest]);
    next();
  }

  private pass(lines: readonly string[]): void {
    for (const line of lines) {
      if (line.startsWith(DRIVER_PREFIX)) {
        this.push(`${line.slice(DRIVER_PREFIX.length)}\n`);
      }
    }
  }
}

/** Passes everything on to a stream that must not be closed. */
class Passing extends Transform {
  constructor(private readonly to: NodeJS.WritableStream) {
    super();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, next: TransformCallback): void {
    this.to.write(chunk);
    next();
  }
}
