import { ApiException, type VersionApi } from "@kubernetes/client-node";

/** Smaller differences come from the answer's travel time and its whole seconds. */
const LEAST_MILLISECONDS = 5000;

/** A difference that changes by this much is reported. */
const REPORTED_MILLISECONDS = 60_000;

/**
 * The API server's clock, by the dates of its answers. The API server dates the creation of acts: by a clock that is
 * minutes ahead of it, every act would have expired before anybody tried it.
 */
export class ServerClock {
  private ahead = 0;
  private reported = 0;

  constructor(
    private readonly api: Pick<VersionApi, "getCodeWithHttpInfo">,
    private readonly log: (level: "info" | "error", text: string) => void,
    private readonly own: () => number = Date.now,
  ) {}

  /** Milliseconds since the epoch. */
  readonly now = (): number => this.own() - this.ahead;

  /** Compares the clocks. Without an answer the last comparison holds. */
  async compare(): Promise<void> {
    const date = Date.parse((await this.headers()).date ?? "");
    if (Number.isNaN(date)) {
      return;
    }
    const ahead = this.own() - date;
    this.ahead = Math.abs(ahead) < LEAST_MILLISECONDS ? 0 : ahead;
    if (Math.abs(this.ahead - this.reported) >= REPORTED_MILLISECONDS) {
      this.reported = this.ahead;
      const seconds = Math.round(Math.abs(ahead) / 1000);
      this.log(
        this.ahead === 0 ? "info" : "error",
        this.ahead === 0
          ? "the clock is that of the API server again"
          : `the clock is ${seconds} s ${ahead > 0 ? "ahead of" : "behind"} that of the API server, which acts are timed by: set the clocks of the nodes right`,
      );
    }
  }

  private async headers(): Promise<Readonly<Record<string, string>>> {
    try {
      return (await this.api.getCodeWithHttpInfo()).headers;
    } catch (error) {
      // A refusal has a date, too.
      if (error instanceof ApiException) {
        return error.headers;
      }
      throw error;
    }
  }
}
