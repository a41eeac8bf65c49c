import { ApiException, type HttpInfo, type VersionInfo } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import { ServerClock } from "../../../../nightwatch/acts/server-clock.ts";

const NOW = Date.parse("2026-11-27T08:00:00Z");

function clockOf(answer: () => { readonly date?: string } | Error) {
  const said: string[] = [];
  const getCodeWithHttpInfo = async () => {
    const headers = answer();
    if (headers instanceof Error) {
      throw headers;
    }
    return { headers } as unknown as HttpInfo<VersionInfo>;
  };
  const clock = new ServerClock(
    { getCodeWithHttpInfo },
    (level, text) => void said.push(`${level}: ${text}`),
    () => NOW,
  );
  return { clock, said };
}

const ofServer = (seconds: number): { readonly date: string } => ({
  date: new Date(NOW + seconds * 1000).toUTCString(),
});

test.each([
  ["ahead of", -400],
  ["behind", 400],
] as const)("a clock that is %s the API server's is corrected, and reported once", async (word, seconds) => {
  const { clock, said } = clockOf(() => ofServer(seconds));
  await clock.compare();
  await clock.compare();
  expect(clock.now()).toBe(NOW + seconds * 1000);
  expect(said).toEqual([expect.stringContaining(`error: the clock is 400 s ${word} that of the API server`)]);
});

test("the travel time of an answer is not a difference", async () => {
  const { clock, said } = clockOf(() => ofServer(-3));
  await clock.compare();
  expect([clock.now(), said]).toEqual([NOW, []]);
});

test("a corrected clock is reported, and what was found before holds without an answer", async () => {
  let answer: { readonly date?: string } | Error = ofServer(-400);
  const { clock, said } = clockOf(() => answer);
  await clock.compare();
  answer = new Error("away");
  await expect(clock.compare()).rejects.toThrow("away");
  answer = {};
  await clock.compare();
  expect(clock.now()).toBe(NOW - 400_000);
  answer = new ApiException(403, "", "", { ...ofServer(0) });
  await clock.compare();
  expect(clock.now()).toBe(NOW);
  expect(said.at(-1)).toBe("info: the clock is that of the API server again");
});
