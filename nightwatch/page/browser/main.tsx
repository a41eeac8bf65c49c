import { type JSX, render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Head } from "./head.tsx";
import { Nights } from "./nights.tsx";
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
  return place
    .replace(/^#\/?/, "")
    .split("/")
    .map((part) => decodeURIComponent(part));
}

function Page({ source }: { readonly source: Source }): JSX.Element {
  const [known, setKnown] = useState<Known | undefined>(undefined);
  const [utc, setUtc] = useState(false);
  usePlace();
  useEffect(() => source.watch(setKnown), [source]);
  showUtc(utc);
  if (known === undefined) {
    return <p class="loading">Asking nightwatch …</p>;
  }
  return (
    <>
      <Head known={known} still={source.still} utc={utc} onUtc={setUtc} />
      <main tabIndex={-1}>
        <Nights lines={known.lines} now={known.at} />
      </main>
    </>
  );
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
