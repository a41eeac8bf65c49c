import { type JSX, render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { seriesName } from "../../../runs/night-series.ts";
import { Handover } from "./handover.tsx";
import { Head } from "./head.tsx";
import { Nights } from "./nights.tsx";
import { Past } from "./past.tsx";
import { Run } from "./run.tsx";
import { type Known, type Source, sourceOf } from "./source.ts";
import { showUtc } from "./times.ts";

/** Where the reader is: the part of the address behind its #. */
function usePlace(): readonly string[] {
  const [place, setPlace] = useState(location.hash);
  useEffect(() => {
    const moved = (): void => {
      setPlace(location.hash);
      document.querySelector<HTMLElement>("main")?.focus();
    };
    addEventListener("hashchange", moved);
    return () => removeEventListener("hashchange", moved);
  }, []);
  return place.replace(/^#\/?/, "").split("/").map(decoded);
}

/** A part of the address, which may be anything. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function Page({ source }: { readonly source: Source }): JSX.Element {
  const [known, setKnown] = useState<Known | undefined>(undefined);
  const [utc, setUtc] = useState(false);
  const place = usePlace();
  useEffect(() => source.watch(setKnown), [source]);
  showUtc(utc);
  if (known === undefined) {
    return <p class="loading">Asking nightwatch …</p>;
  }
  return (
    <>
      <Head known={known} still={source.still} utc={utc} onUtc={setUtc} />
      <main tabIndex={-1}>
        <View key={String(utc)} source={source} known={known} place={place} />
      </main>
    </>
  );
}

function View({
  source,
  known,
  place: [view, nights = "", night],
}: {
  readonly source: Source;
  readonly known: Known;
  readonly place: readonly string[];
}): JSX.Element {
  const { lines, at: now } = known;
  const these = [...lines.values()].filter((line) => seriesName(line) === nights);
  const line = these.find((one) => night === undefined || one.night === night);
  switch (view) {
    case "run":
      return <Run key={`${nights}/${night}`} source={source} nights={nights} night={night} line={line} now={now} />;
    case "past":
      return <Past key={nights} source={source} nights={nights} version={these[0]?.version ?? ""} />;
    case "handover":
      return <Handover lines={lines} now={now} />;
    default:
      return <Nights lines={lines} now={now} />;
  }
}

// A reader types / to look for a customer, as in many programs.
addEventListener("keydown", (event) => {
  const filter = document.getElementById("filter");
  if (event.key === "/" && filter !== null && !(event.target instanceof HTMLInputElement)) {
    event.preventDefault();
    filter.focus();
  }
});

const page = document.getElementById("page");
if (page !== null) {
  page.replaceChildren();
  render(<Page source={sourceOf()} />, page);
}
