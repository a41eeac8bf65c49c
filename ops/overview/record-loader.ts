import { grouped } from "../../runs/grouped.ts";
import type { Day } from "../../runs/local-time.ts";
import type { RunRecord } from "../../runs/run-record.ts";
import type { RecordHead, RunRecords } from "../run-records.ts";

/** Up to this many records of a date are read one by one; beyond, the whole date is listed. */
const FEW = 8;

interface Asked {
  readonly head: RecordHead;
  readonly answer: (record: Promise<RunRecord | undefined>) => void;
}

/** Reads whole records. What all lanes ask for at the same time is read together: most have the same dates. */
export class RecordLoader {
  private asked: Asked[] = [];

  private readonly read: ReadonlyMap<string, RunRecord>;

  /** @param read Records that have been read already. */
  constructor(
    private readonly records: Pick<RunRecords, "get" | "ofDates">,
    read: readonly RunRecord[] = [],
  ) {
    this.read = byName(read);
  }

  /** A record; undefined if it is gone by now. */
  async get(head: RecordHead): Promise<RunRecord | undefined> {
    const read = this.read.get(head.name);
    if (read !== undefined) {
      return read;
    }
    if (this.asked.length === 0) {
      setImmediate(() => this.answerAll());
    }
    return new Promise((answer) => {
      this.asked.push({ head, answer });
    });
  }

  private answerAll(): void {
    const asked = this.asked;
    this.asked = [];
    const perDate = [...grouped(asked, ({ head }) => head.businessDate ?? "")];
    const dates = perDate.flatMap(([date, { length }]) => (date !== "" && length > FEW ? [date] : []));
    const listed = dates.length === 0 ? undefined : this.listed(dates);
    for (const { head, answer } of asked) {
      answer(
        listed !== undefined && head.businessDate !== undefined && dates.includes(head.businessDate)
          ? listed.then((records) => records.get(head.name))
          : this.records.get(head.name),
      );
    }
  }

  private async listed(dates: readonly Day[]): Promise<ReadonlyMap<string, RunRecord>> {
    return byName(await this.records.ofDates(dates));
  }
}

function byName(records: readonly RunRecord[]): ReadonlyMap<string, RunRecord> {
  return new Map(records.map((record) => [record.metadata.name, record]));
}
