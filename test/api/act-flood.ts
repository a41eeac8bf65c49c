import type { NightAct } from "../../runs/night-act.ts";
import { type Answer, messageOf } from "../support/api.ts";

/** What one person's attempts to ask for an act come to, many of them at once. */
export class ActFlood {
  /** How many attempts have been made. */
  made = 0;
  /** The acts that the API server took. */
  readonly taken: NightAct[] = [];
  /** How many attempts were refused, by the sentence they were refused with. */
  readonly refused = new Map<string, number>();
  /** When the attempt that took longest was answered, milliseconds after it was made. */
  slowest = 0;

  constructor(private readonly ask: () => Promise<Answer>) {}

  async run(attempts: number, atOnce: number): Promise<void> {
    const one = async (): Promise<void> => {
      while (this.made < attempts) {
        this.made += 1;
        await this.attempt();
      }
    };
    await Promise.all(Array.from({ length: atOnce }, one));
  }

  private async attempt(): Promise<void> {
    const start = Date.now();
    let answer = await this.ask();
    // Several requests changed the quota at one moment: neither taken nor refused, and asked again, as clients do.
    while (answer.status === 409 && messageOf(answer).includes("resourcequotas")) {
      answer = await this.ask();
    }
    this.slowest = Math.max(this.slowest, Date.now() - start);
    if (answer.status === 201) {
      this.taken.push(answer.body as NightAct);
      return;
    }
    const sentence = messageOf(answer).replace(/"act-[^"]+"/, "<act>");
    this.refused.set(sentence, (this.refused.get(sentence) ?? 0) + 1);
  }
}
