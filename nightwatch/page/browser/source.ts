import type { NightLine, NightsAt, NightsChange, PageCall } from "../view/night-line.ts";

/** The page's data at one time. */
export interface Known {
  /** Milliseconds, by the clock of nightwatch. */
  readonly at: number;
  readonly lines: ReadonlyMap<string, NightLine>;
  readonly platform: readonly PageCall[];
  /** Why there are no updates; absent while there are. */
  readonly silent?: string;
}

/** Source of the page's data. */
export interface Source {
  /** Calls back with the present data, if any, and at each change. */
  readonly watch: (changed: (known: Known) => void) => void;
  /** An answer about one customer; undefined if there is none. */
  readonly ask: <Said>(path: string, query: Readonly<Record<string, string>>) => Promise<Said | undefined>;
  /** Whether this is a self-contained copy, which shows one instant. */
  readonly still: boolean;
}

/** Data of a self-contained copy. */
export interface StillData {
  readonly nights: NightsAt;
  /** Answers by path and query. */
  readonly answers: Readonly<Record<string, object>>;
}

const AGAIN_MILLISECONDS = 2000;

/** The source of this document: data embedded in it, or the program that serves it. */
export function sourceOf(): Source {
  const data = document.getElementById("data")?.textContent;
  return data ? stillSource(JSON.parse(data) as StillData) : liveSource(takeKey());
}

export function answerKey(path: string, query: Readonly<Record<string, string>>): string {
  return `${path}?${new URLSearchParams(query).toString()}`;
}

function stillSource({ nights, answers }: StillData): Source {
  return {
    still: true,
    watch: (changed) => changed({ at: nights.at, platform: nights.platform, lines: byKey(nights.lines) }),
    ask: async <Said>(path: string, query: Readonly<Record<string, string>>) =>
      answers[answerKey(path, query)] as Said | undefined,
  };
}

/**
 * The key that opens this page. It comes behind the # of the address, which is never sent, and goes with each request in a
 * header that other sites cannot set.
 */
function takeKey(): string {
  const [, key] = /^#key=([\w-]+)$/.exec(location.hash) ?? [];
  if (key !== undefined) {
    sessionStorage.setItem("key", key);
    history.replaceState(null, "", "#/");
  }
  return sessionStorage.getItem("key") ?? "";
}

function liveSource(key: string): Source {
  const get = async (path: string): Promise<Response> => fetch(path, { headers: { authorization: `Bearer ${key}` } });
  return {
    still: false,
    watch: (changed) => void follow(() => get("events"), changed),
    ask: async <Said>(path: string, query: Readonly<Record<string, string>>) => {
      const answer = await get(answerKey(path, query));
      return answer.ok ? ((await answer.json()) as Said) : undefined;
    },
  };
}

async function follow(get: () => Promise<Response>, changed: (known: Known) => void): Promise<never> {
  let known: Known = { at: Date.now(), platform: [], lines: new Map() };
  for (;;) {
    let silent = "the connection has ended";
    try {
      const answer = await get();
      if (answer.ok && answer.body !== null) {
        for await (const event of eventsOf(answer.body)) {
          performance.mark("told");
          known = after(known, event);
          changed(known);
        }
      } else {
        silent = (await answer.text()).trim() || `the answer was ${answer.status}`;
      }
    } catch {
      silent = "nightlane ui does not answer: has it ended?";
    }
    known = { ...known, silent };
    changed(known);
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MILLISECONDS));
  }
}

interface ServerEvent {
  readonly name: string;
  readonly data: string;
}

async function* eventsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let waiting = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      return;
    }
    const parts = (waiting + decoder.decode(value, { stream: true })).split("\n\n");
    waiting = parts.pop() ?? "";
    for (const part of parts) {
      const [, name = "", data = ""] = /^event: (\w+)\ndata: (.*)$/s.exec(part) ?? [];
      yield { name, data };
    }
  }
}

function after(known: Known, { name, data }: ServerEvent): Known {
  if (name === "nights") {
    const { at, platform, lines } = JSON.parse(data) as NightsAt;
    return { at, platform, lines: byKey(lines) };
  }
  const { at, platform, lines, gone } = JSON.parse(data) as NightsChange;
  const all = new Map(known.lines);
  for (const key of gone) {
    all.delete(key);
  }
  for (const line of lines) {
    all.set(line.key, line);
  }
  return { at, platform, lines: all };
}

function byKey(lines: readonly NightLine[]): ReadonlyMap<string, NightLine> {
  return new Map(lines.map((line) => [line.key, line]));
}
