import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Known } from "./source.ts";
import { clockSeconds, dayAndClock } from "./times.ts";
import { URGENCY_NAMES, urgency } from "./urgency-view.ts";

/** The head of every view: counts of nights, and whether the data is current. */
export function Head({
  known,
  still,
  utc,
  onUtc,
}: {
  readonly known: Known;
  readonly still: boolean;
  readonly utc: boolean;
  readonly onUtc: (utc: boolean) => void;
}): JSX.Element {
  return (
    <header>
      <h1>
        <a href="#/">Nights</a>
      </h1>
      <p class="counts" role="status">
        {countsOf(known).map(({ name, tone, count }) => (
          <span key={name} class={tone}>
            <b>{count}</b> {name}{" "}
          </span>
        ))}
      </p>
      <nav aria-label="Views">
        <a href="#/">All</a>
        <a href="#/handover">Handover</a>
        <button type="button" aria-pressed={utc} onClick={() => onUtc(!utc)}>
          UTC
        </button>
        <ThemeButton />
      </nav>
      <p class={`clock ${known.silent === undefined ? "" : "red"}`}>
        {still ? `as of ${dayAndClock(known.at)}` : clockSeconds(known.at)}
      </p>
      {known.silent !== undefined && (
        <p class="banner red" role="alert">
          ▲ Nothing new since {clockSeconds(known.at)}: {known.silent}
        </p>
      )}
      {known.platform.map(({ kind, reason, command }) => (
        <p key={kind} class="banner red" role="alert">
          ▲ {reason} <code>{command}</code>
        </p>
      ))}
    </header>
  );
}

function countsOf({
  lines,
}: Known): readonly { readonly name: string; readonly tone: string; readonly count: number }[] {
  const counts = new Map<string, { name: string; tone: string; count: number }>();
  for (const line of lines.values()) {
    const { name, tone } = urgency(line);
    counts.set(name, { name, tone, count: (counts.get(name)?.count ?? 0) + 1 });
  }
  return URGENCY_NAMES.flatMap((name) => counts.get(name) ?? []);
}

/** Dark or light as the reader's system has it, until the reader chooses. */
function ThemeButton(): JSX.Element {
  const [theme, setTheme] = useState(readTheme());
  const light = theme === "light" || (theme === undefined && matchMedia("(prefers-color-scheme: light)").matches);
  if (theme !== undefined) {
    document.documentElement.dataset.theme = theme;
  }
  return (
    <button
      type="button"
      onClick={() => {
        const next = light ? "dark" : "light";
        keepTheme(next);
        setTheme(next);
      }}
    >
      {light ? "Dark" : "Light"}
    </button>
  );
}

function readTheme(): string | undefined {
  try {
    return localStorage.getItem("theme") ?? undefined;
  } catch {
    // A document from a file has no storage in some browsers.
    return undefined;
  }
}

function keepTheme(theme: string): void {
  try {
    localStorage.setItem("theme", theme);
  } catch {
    // The choice then lasts until the document is closed.
  }
}
