import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Alert, alertOf } from "../../../nightwatch/notify/alertmanager-alert.ts";
import { Webhook } from "../../../nightwatch/notify/webhook.ts";
import { LogLines } from "../../../ops/log-lines.ts";
import { Output } from "../../../ops/output.ts";
import { renderComparison } from "../../../ops/verbs/compare.ts";
import { renderNote } from "../../../pipeline/note.ts";
import { runFacts } from "../../../runs/run-facts.ts";
import { temporaryFolder } from "../../support/folders.ts";
import { HOSTILE_TEXTS } from "../../support/hostile-texts.ts";
import { Receiver } from "../nightwatch/notify/receiver.ts";
import { signal } from "../nightwatch/notify/signal.ts";
import { cron, deciding, NOW, night } from "../ops/support/fleet.ts";
import { StandInApi } from "../ops/support/stand-in-api.ts";
import { Collected, onTerminal } from "../ops/support/terminal.ts";

/**
 * Every place that shows what the other side says, against everything that it may say. A place has contained a text if
 * nothing of it is left that a terminal, a chat or a browser would obey, and if it takes no more lines than any text would.
 */
interface Place {
  readonly name: string;
  /** What is shown of a text. */
  readonly show: (text: string) => Promise<string>;
  /** What must not be in it. */
  readonly never: RegExp;
  /** Most characters. */
  readonly most: number;
  /** Whether lines of the text may be lines of what is shown. @default false */
  readonly keepsLines?: boolean;
  /** Whether it says that there is something, and not what. @default false */
  readonly hides?: boolean;
}

/** What a terminal obeys, but for the end of a line: control characters, directions, ends of Unicode. */
const OBEYED =
  /[^\P{Cc}\n]|[\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060\u2066-\u2069\ufeff\u00ad]|[\u{e0000}-\u{e007f}]/u;
const MARKUP = new RegExp(`${OBEYED.source}|[<>]`, "u");
const MARKDOWN = new RegExp(`${OBEYED.source}|[<>@[\\]|!]`, "u");
const OWN_COLOUR = new RegExp(`${String.fromCharCode(27)}\\[\\d{1,2}m`, "g");
const NO_LIMIT = Number.POSITIVE_INFINITY;

const PLACES: readonly Place[] = [
  { name: "show", show: shownBy("show", "nordbank"), never: OBEYED, most: 4000 },
  { name: "nights", show: shownBy("nights"), never: OBEYED, most: 4000, hides: true },
  { name: "nights --waiting", show: shownBy("nights", "--waiting"), never: OBEYED, most: 4000 },
  { name: "history", show: recordedBy("history", "nordbank", "--date", "2026-11-25"), never: OBEYED, most: 12_000 },
  { name: "logs", show: logged, never: OBEYED, most: NO_LIMIT, keepsLines: true },
  { name: "names of compared files", show: compared, never: OBEYED, most: NO_LIMIT },
  { name: "a note on the way", show: noted, never: OBEYED, most: NO_LIMIT, keepsLines: true },
  { name: "the webhook's line", show: async (text) => (await posted(text)).text, never: MARKUP, most: 1000 },
  { name: "the webhook's reason", show: async (text) => (await posted(text)).reason, never: OBEYED, most: 300 },
  { name: "the alert's text", show: async (text) => description(alert(text)), never: MARKUP, most: 300 },
  {
    name: "the alert's labels",
    show: async (text) => Object.values(alert(text).labels).join(""),
    never: MARKUP,
    most: 1000,
  },
  // What stands in code is shown as it is; only what has got out of it would be Markdown.
  {
    name: "a merge request's note",
    show: async (text) => outsideOfCode(note(text)),
    never: MARKDOWN,
    most: 400,
    hides: true,
  },
  {
    name: "the code in a merge request's note",
    show: async (text) => note(text),
    never: OBEYED,
    most: 1_000_000,
    keepsLines: true,
  },
];

let attacks = 0;
let contained = 0;
let folder: string;
let receiver: Receiver;

beforeEach(async () => {
  vi.useFakeTimers({ now: NOW, toFake: ["Date"] });
  folder = temporaryFolder();
  receiver = await Receiver.start();
});

afterEach(async () => {
  vi.useRealTimers();
  await receiver.stop();
});

afterAll(() => {
  console.log(`hostile: ${attacks} attacks, ${contained} contained`);
});

describe.each(PLACES)("$name", ({ show, never, most, keepsLines = false, hides = false }) => {
  test("shows an ordinary text", async () => {
    expect((await show("out of memory")).includes("out of memory")).toBe(!hides);
  });

  test.each(Object.entries(HOSTILE_TEXTS))("a text that %s is a text", async (_, text) => {
    attacks += 1;
    const shown = await show(text);
    expect(shown.match(new RegExp(never, "gu")) ?? []).toEqual([]);
    expect(shown.match(/\p{Cs}/gu) ?? []).toEqual([]);
    expect(shown.length).toBeLessThanOrEqual(most);
    if (!keepsLines) {
      const ordinary = (await show("out of memory")).split("\n");
      const forged = shown.split("\n").filter((line) => /^(nightlane (skip|abort)|# all is well)/.test(line));
      expect(forged).toEqual([]);
      expect(shown.split("\n").length).toBeLessThanOrEqual(ordinary.length + Math.min(60, 3 + text.length / 60));
    }
    contained += 1;
  });
});

function shownBy(...args: readonly string[]) {
  return async (text: string): Promise<string> => {
    const api = await StandInApi.start();
    api.lane("nordbank", {
      cron: cron("nordbank"),
      workflows: [night("nordbank", { open: "yes", nodes: deciding(text) ?? [] })],
    });
    return await onScreen(api, args);
  };
}

/** The same once the night is but a record. */
function recordedBy(...args: readonly string[]) {
  return async (text: string): Promise<string> => {
    const api = await StandInApi.start();
    api.lane("nordbank", { cron: cron("nordbank") });
    const failed = night("nordbank", { date: "2026-11-25", open: "yes", nodes: deciding(text) ?? [], phase: "Failed" });
    api.record({ ...runFacts(failed, undefined, NOW), customer: "nordbank", message: text });
    return await onScreen(api, args);
  };
}

async function onScreen(api: StandInApi, args: readonly string[]): Promise<string> {
  const { out, err } = await onTerminal(...args, "--kubeconfig", api.kubeconfig());
  // Our own colours; theirs have to be gone by themselves.
  return (out + err).replaceAll(OWN_COLOUR, "");
}

async function logged(text: string): Promise<string> {
  const to = new Collected(false);
  const lines = new LogLines(to);
  await new Promise<void>((resolve, reject) => {
    lines.on("error", reject);
    lines.end(text, () => resolve());
  });
  return to.text;
}

async function compared(text: string): Promise<string> {
  const of = { customer: "nordbank", businessDate: "2026-11-26", runNumber: 1, folder: "other", same: true } as const;
  return renderComparison({ ...of, files: [{ step: "var-es", file: text, result: "same" }] });
}

async function noted(text: string): Promise<string> {
  const notes = new Collected(false);
  new Output({ form: "text" }, new Collected(false), notes).note(text);
  return notes.text;
}

/** The note of a merge request in whose every place the text stands that an author writes. */
function note(text: string): string {
  const fact = { owner: "nordbank", text };
  return renderNote({
    affected: { customers: ["nordbank"], removed: [], platform: false },
    diffs: [{ owner: "nordbank", presence: "changed", create: 0, update: 1, delete: 0, text: `-${text}\n+${text}` }],
    access: {
      summary: text,
      widens: true,
      widenings: [{ line: text, waiver: { reason: text } }],
      addedFacts: [fact],
      removedFacts: [fact],
    },
    nights: { nordbank: text },
  });
}

function outsideOfCode(markdown: string): string {
  const own = /<!-- nightlane.*? -->|<\/?(?:details|summary)>|^\|.*\|$/gm;
  return markdown
    .replace(own, "")
    .replaceAll(/^(`{3,})\w+\n[\s\S]*?\n\1$/gm, "")
    .replaceAll(/(?<!`)(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, "");
}

async function posted(text: string): Promise<{ readonly text: string; readonly reason: string }> {
  writeFileSync(join(folder, "url"), receiver.url);
  await new Webhook(folder, "https://runbook.example").send({ ...signal, reason: text }, new AbortController().signal);
  const { text: line, reason } = receiver.bodies.at(-1) as { text: string; reason: string };
  // A chat reads these as the characters.
  return { text: line.replaceAll(/&(lt|gt|amp);/g, ""), reason };
}

function alert(text: string): Alert {
  return alertOf(
    { ...signal, reason: text, step: "out of memory".includes(text) ? text : `${text}` },
    "https://runbook.example",
    NOW,
  );
}

function description({ annotations }: Alert): string {
  return annotations.description ?? "";
}
