import { join } from "node:path";
import { runbookEntry } from "../../constructs/platform/alerts/runbook.ts";
import { seriesName } from "../../runs/night-series.ts";
import { ALL_CUSTOMERS, type Signal } from "../signals/signal.ts";
import { escapedForChat, oneLine } from "./plain-text.ts";
import { optionalFile, post } from "./post.ts";
import { severityOf } from "./severity.ts";

/** A notification: the signal, with a line of text that any chat shows. */
export type Notification = Signal & { readonly text: string };

/** Sends notifications as plain JSON to one address, each once. */
export class Webhook {
  /**
   * @param folder Mounted Secret: the address in `url`, and what else `post` reads. Without an address nothing is sent.
   * @param runbook Address of the runbook.
   */
  constructor(
    private readonly folder: string,
    private readonly runbook: string,
  ) {}

  /**
   * Sends one notification.
   * @param stop Ends the attempt early.
   * @returns whether there is an address to send to
   * @throws Error if the receiver does not take it, which never contains the address, a secret
   */
  async send(signal: Signal, stop: AbortSignal): Promise<boolean> {
    const url = await optionalFile(join(this.folder, "url"));
    if (url === undefined) {
      return false;
    }
    await post(url, JSON.stringify(this.notification(signal)), this.folder, stop);
    return true;
  }

  private notification(signal: Signal): Notification {
    const reason = oneLine(signal.reason);
    const runbook = runbookEntry(signal.kind, this.runbook);
    const customer = signal.customer === ALL_CUSTOMERS ? "all customers" : seriesName(signal);
    const what = [customer, signal.businessDate, signal.step].filter(Boolean).join(" ");
    const text = escapedForChat(`${oneLine(what)}: ${reason}\n${oneLine(signal.command)}\n${runbook}`);
    return { ...signal, severity: severityOf(signal), reason, runbook, text };
  }
}
