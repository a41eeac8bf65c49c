import { elapsed } from "../progress.ts";
import recorded from "./build-seconds.json" with { type: "json" };
import type { Product, Recipe } from "./recipe.ts";
import { architecture } from "./release/release.ts";
import type { Reporter, Whole } from "./reporter.ts";

/** How a tool is had. */
export type Way = "download" | "build";

/** How long a tool was expected to take in one way, and how long it has taken; in seconds. */
export interface ToolTime {
  readonly way: Way;
  readonly expected: number;
  readonly taken: number;
}

/** Seconds that building each recipe took on two idle cores: renew a figure when a build that nothing disturbs differs. */
export const buildSeconds: Readonly<Record<string, number>> = recorded;

/** Seconds of a Go build that nobody has recorded. */
const UNRECORDED_BUILD = 200;

/** Seconds of what takes no compiler: copying, fetching, bundling. */
const WITHOUT_COMPILER = 3;

/** Seconds of a download. */
const DOWNLOAD = 10;

/** Seconds of work at the recorded pace that the first figures of a run are weighed against. */
const PRIOR_SECONDS = 60;

/**
 * Seconds that are left of a run: what was recorded for the rest, at the pace of what this machine has done so far in
 * the same way.
 */
export function secondsLeft(
  finished: readonly ToolTime[],
  current: ToolTime,
  waiting: readonly Pick<ToolTime, "way" | "expected">[],
): number {
  // A tool that takes longer than recorded says something about the pace before it has ended.
  const known = current.taken > current.expected ? [...finished, current] : finished;
  const pace = (way: Way): number => {
    const times = known.filter((time) => time.way === way);
    return (PRIOR_SECONDS + sum(times, "taken")) / (PRIOR_SECONDS + sum(times, "expected"));
  };
  const rest = Math.max(0, current.expected * pace(current.way) - current.taken);
  return waiting.reduce((seconds, { way, expected }) => seconds + expected * pace(way), rest);
}

function sum(times: readonly ToolTime[], what: "expected" | "taken"): number {
  return times.reduce((seconds, time) => seconds + time[what], 0);
}

/** What is missing of a recipe. */
export interface MissingTool {
  readonly recipe: Recipe;
  readonly products: readonly Pick<Product, "name">[];
}

/** One call's tools, one after the other: which one it is, and how long the rest is expected to take. */
export class ToolRun {
  private readonly start: number;
  private readonly finished: ToolTime[] = [];
  private place = 0;
  private current: { readonly way: Way; readonly start: number } | undefined;
  /** What the last attempt to download has shown. */
  private releasesCome: boolean | undefined;

  /** @param downloads whether releases are asked for at all */
  constructor(
    private readonly tools: readonly MissingTool[],
    downloads: boolean,
    private readonly now: () => number = Date.now,
  ) {
    this.start = now();
    this.releasesCome = downloads ? undefined : false;
  }

  /** Goes on to the next tool. */
  next(): void {
    this.place += 1;
  }

  /** A reporter for making the current tool in one way: its tasks are shown as parts of this run. */
  during(way: Way, reporter: Reporter): Reporter {
    return {
      note: (line) => reporter.note(line),
      begin: (label) => {
        this.current = { way, start: this.now() };
        const task = reporter.begin(label, () => this.whole());
        const end = (succeeded: boolean): void => {
          this.finished.push(this.currentTime());
          this.current = undefined;
          if (way === "download") {
            this.releasesCome = succeeded;
          }
        };
        return {
          done: () => {
            end(true);
            task.done();
          },
          failed: () => {
            end(false);
            task.failed();
          },
        };
      },
    };
  }

  private whole(): Whole {
    const taken = (this.now() - this.start) / 1000;
    const where = `tool ${this.place} of ${this.tools.length}, ${elapsed(taken * 1000)}`;
    const left = this.left();
    if (left === undefined) {
      return { share: 0, text: where };
    }
    return { share: left === 0 ? 1 : taken / (taken + left), text: `${where}, ${inWords(left)}` };
  }

  /** Undefined while nobody knows whether releases can be had. */
  private left(): number | undefined {
    const waiting = this.tools.slice(this.place).map(({ recipe, products }) => {
      const way = isReleased(recipe, products) ? this.wayOfReleased() : "build";
      return way && { way, expected: expectedSeconds(recipe, way) };
    });
    const known = waiting.filter((time) => time !== undefined);
    if (known.length < waiting.length) {
      return undefined;
    }
    if (this.current?.way === "download" && this.releasesCome === undefined) {
      return undefined;
    }
    return secondsLeft(this.finished, this.currentTime(), known);
  }

  private wayOfReleased(): Way | undefined {
    if (this.releasesCome === undefined) {
      return undefined;
    }
    return this.releasesCome ? "download" : "build";
  }

  private currentTime(): ToolTime {
    const { way, start } = this.current ?? { way: "build", start: this.now() };
    const recipe = this.tools[this.place - 1]?.recipe;
    return { way, expected: recipe ? expectedSeconds(recipe, way) : 0, taken: (this.now() - start) / 1000 };
  }
}

function isReleased({ release }: Recipe, products: readonly Pick<Product, "name">[]): boolean {
  const processor = architecture();
  return processor !== undefined && products.every(({ name }) => release?.(name, processor) !== undefined);
}

/** What was recorded of a recipe in one way. */
export function expectedSeconds(recipe: Pick<Recipe, "name" | "goModule">, way: Way): number {
  if (way === "download") {
    return DOWNLOAD;
  }
  return recipe.goModule === undefined ? WITHOUT_COMPILER : (buildSeconds[recipe.name] ?? UNRECORDED_BUILD);
}

function inWords(seconds: number): string {
  if (seconds === 0) {
    return "longer than expected";
  }
  return seconds < 60 ? "less than a minute left" : `about ${Math.ceil(seconds / 60)} min left`;
}
