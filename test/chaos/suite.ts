import { writeFile } from "node:fs/promises";
import { nextRunNumber } from "../farm/nights/next-run-number.ts";
import type { Progress } from "../farm/progress.ts";
import { type Draw, draw } from "./draw.ts";
import type { Fault } from "./faults/fault.ts";
import type { VariantName } from "./nights/night.ts";
import { faultTable, isSurvived, lastLines, noticeLines, problemLines, sumOf } from "./report.ts";
import { raise } from "./site/raise.ts";
import type { Site } from "./site/site.ts";
import { nightOfVariant, tryFault } from "./trial.ts";
import { hashOfResults, type Verdict } from "./verdict.ts";

/** What the suite tries. */
export interface SuiteProps {
  readonly faults: readonly Fault[];
  readonly variants: readonly VariantName[];
  /** Nights whose fault and moment are drawn. @default - each fault once, at its own moment */
  readonly random?: { readonly nights: number; readonly seed: number };
  /** JSON file for the verdicts. */
  readonly output: string;
}

/** How many faults are tried at the same time, where they do not disturb each other: what two cores can bear. */
const SIDE_BY_SIDE = 2;

/** Runs the suite. @returns whether every fault on a lane's night ended as it should */
export async function runSuite(props: SuiteProps, progress: Progress): Promise<boolean> {
  const draws: readonly Draw[] =
    props.random === undefined
      ? props.faults.map((fault) => ({ fault }))
      : draw(props.faults, props.random.nights, props.random.seed);
  const { site, end } = await raise(
    {
      secondNodes: new Set(draws.flatMap(({ fault }) => fault.secondNode ?? [])),
      argo: props.variants.includes("argo resource"),
    },
    progress,
  );
  try {
    const record = (verdicts: readonly Verdict[]): Promise<void> =>
      writeFile(props.output, `${JSON.stringify(verdicts, null, 2)}\n`);
    const verdicts = await new Trials(site, props.variants, record, progress).run(draws);
    console.log(`\n${faultTable(verdicts, props.variants)}\n`);
    for (const line of [...noticeLines(verdicts), ...problemLines(verdicts)]) {
      console.log(line);
    }
    console.log(`\n${props.output} has it all`);
    for (const line of lastLines(verdicts, props.variants)) {
      console.log(line);
    }
    return isSurvived(sumOf(verdicts, "nightlane"));
  } finally {
    await end();
  }
}

/** The trials of one suite, one after the other or side by side. */
class Trials {
  private faultFree = "";
  private used = 0;

  constructor(
    private readonly site: Site,
    private readonly variants: readonly VariantName[],
    /** Gets the verdicts so far after each trial: a suite that is ended early does not lose them. */
    private readonly record: (verdicts: readonly Verdict[]) => Promise<void>,
    private readonly progress: Progress,
  ) {}

  async run(draws: readonly Draw[]): Promise<readonly Verdict[]> {
    const { site } = this;
    // A number that no earlier suite in this farm has used.
    this.used =
      (await nextRunNumber(site.nights, site.laneOf.namespace, site.businessDate)) + (Date.now() % 100_000) * 100;
    await this.progress.step("fault-free nights", () => this.faultFreeNights());
    const judged = new Map<Draw, readonly Verdict[]>();
    const inOrder = (): readonly Verdict[] => draws.flatMap((one) => judged.get(one) ?? []);
    const judge = async (one: Draw): Promise<void> => {
      judged.set(one, await this.try(one));
      await this.record(inOrder());
    };
    const waiting = draws.filter(({ fault }) => fault.alone !== true);
    const worker = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        await judge(next);
      }
    };
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
    for (const next of draws.filter(({ fault }) => fault.alone === true)) {
      await judge(next);
    }
    return inOrder();
  }

  private async try(one: Draw): Promise<readonly Verdict[]> {
    const { fault, moment } = one;
    const nights = this.variants.map((variant) => nightOfVariant(this.site, variant, fault.name, this.next()));
    return this.progress.step(`${fault.name}: ${fault.what}`, async (step) => {
      const { site, faultFree } = this;
      const verdicts = await tryFault({
        site,
        fault,
        nights,
        faultFree,
        ...(moment === undefined ? {} : { moment }),
      });
      // What a night that did not end as it should left behind stays for investigation until the farm ends.
      const well = verdicts.filter(({ problem }) => problem === "").map(({ variant }) => variant);
      await Promise.all(nights.filter(({ variant }) => well.includes(variant)).map((night) => night.forget()));
      step.detail(
        verdicts
          .map(({ variant, survived, held }) => `${variant} ${survived ? "survived" : held ? "held" : "FAILED"}`)
          .join(", "),
      );
      return verdicts;
    });
  }

  /** What all variants bring home when nothing happens: the same, or the suite would compare different things. */
  private async faultFreeNights(): Promise<void> {
    const nothing: Fault = {
      name: "fault-free",
      what: "nothing happens",
      inject: async ({ nights, moment }) => {
        await Promise.all(nights.map((night) => night.start()));
        await moment("now");
        return undefined;
      },
    };
    const nights = this.variants.map((variant) => nightOfVariant(this.site, variant, nothing.name, this.next()));
    const verdicts = await tryFault({ site: this.site, fault: nothing, nights, faultFree: "" });
    const hashes = nights.map((night) => hashOfResults(night.home()));
    const [first] = hashes;
    if (first === undefined || hashes.some((hash) => hash !== first)) {
      const found = nights.map(({ variant }, index) => `${variant}: ${hashes[index] ?? verdicts[index]?.problem}`);
      throw new Error(`the fault-free nights did not bring the same results home: ${found.join(", ")}`);
    }
    this.faultFree = first;
  }

  private next(): number {
    this.used += 1;
    return this.used;
  }
}
