import { readFile } from "node:fs/promises";
import type { Signal } from "../signals/signal.ts";

/** What a notification is: the signal, with a line for people that shows in any chat. */
export type Notification = Signal & { readonly text: string };

const ANSWER_MILLISECONDS = 10_000;

/** Sends notifications as JSON to one address, which is read from a file at every send: it may be rotated. */
export class Webhook {
  /** @param urlFile File with the address; there may be none, then nothing is sent. */
  constructor(private readonly urlFile: string) {}

  /**
   * Sends one notification.
   * @returns whether there is an address to send to
   * @throws Error if the other side does not take it; never with the address in it, which is a secret
   */
  async send(signal: Signal): Promise<boolean> {
    const url = await this.url();
    if (url === undefined) {
      return false;
    }
    const body: Notification = { ...signal, text: textOf(signal) };
    let answer: Response;
    try {
      answer = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
        redirect: "error",
        signal: AbortSignal.timeout(ANSWER_MILLISECONDS),
      });
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      const code = cause instanceof Error && "code" in cause ? String(cause.code) : "no answer";
      throw new Error(`the webhook cannot be reached (${code})`);
    }
    await answer.body?.cancel();
    if (!answer.ok) {
      throw new Error(`the webhook answered ${answer.status}`);
    }
    return true;
  }

  private async url(): Promise<string | undefined> {
    try {
      return (await readFile(this.urlFile, "utf8")).trim() || undefined;
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") {
        return undefined;
      }
      throw error;
    }
  }
}

function textOf(signal: Signal): string {
  const what = [signal.customer, signal.businessDate, signal.step].filter(Boolean).join(" ");
  return `${what}: ${signal.reason}\n${signal.command}\n${signal.runbook}`;
}
