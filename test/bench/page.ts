import { gzipSync } from "node:zlib";
import { bundlePage } from "../../nightwatch/page/bundle.ts";
import { until } from "../farm/wait.ts";
import { type Reader, ReaderBrowser } from "../ui/browser.ts";
import { PageUnderTest } from "../ui/page-under-test.ts";
import type { PlayedLane } from "../ui/played-fleet.ts";

/**
 * Nightwatch's page with a thousand customers in Chromium: `tsx test/bench/page.ts [customers...]`. What is measured lies
 * between the moment the browser has the data and the one after the frame that shows it. The last line has the worst.
 */
const SIZES = [40, 1000];

/** What must hold. */
const TARGETS = { first_paint_ms: 1000, update_ms: 200, bundle_kb: 150 } as const;

const UPDATES = 12;

/** Of so many customers something changes between two rounds. */
const CHANGING = 25;

/** Notes how long it takes from each "told" to the end of the next frame. */
const WATCH = `
window.painted = [];
const mark = performance.mark.bind(performance);
performance.mark = (name) => {
  const from = performance.now();
  requestAnimationFrame(() => setTimeout(() => window.painted.push(performance.now() - from)));
  return mark(name);
};`;

interface Figures {
  readonly first: number;
  readonly update: number;
}

function lanes(count: number): readonly PlayedLane[] {
  return Array.from({ length: count }, (_, number) => lane(number, 1.1 + (number % 6) / 30));
}

function lane(number: number, slowness: number): PlayedLane {
  const fails = number % 50 === 3;
  return {
    customer: `bank-${String(number).padStart(4, "0")}`,
    past: 1,
    starts: `22:${String(number % 60).padStart(2, "0")}`,
    slowness,
    ...(fails ? { happenings: { scenarios: { what: "fails", afterMinutes: 20 } } } : {}),
  };
}

async function painted(reader: Reader, count: number): Promise<readonly number[]> {
  const what = { what: `the page has drawn ${count} times`, limitSeconds: 60, everyMilliseconds: 50 };
  await until(what, async () => Number(await reader.page.evaluate("window.painted.length")) >= count);
  return (await reader.page.evaluate("window.painted")) as readonly number[];
}

async function measure(browser: ReaderBrowser, customers: number): Promise<Figures> {
  const under = await PageUnderTest.open(lanes(customers));
  const reader = await browser.reader();
  await reader.page.addInitScript(WATCH);
  await reader.open(under.door.address);
  await painted(reader, 1);
  for (let round = 1; round <= UPDATES; round += 1) {
    for (let number = 0; number < CHANGING; number += 1) {
      under.put(lane((round * 37 + number * 17) % customers, 1.2 + round / 50));
    }
    // A minute is what makes every row be drawn again.
    await under.round(round % 4 === 0 ? 60_000 : 5000);
    await painted(reader, round + 1);
  }
  const [first = 0, ...updates] = await painted(reader, UPDATES + 1);
  await reader.close();
  await under.close();
  return { first, update: Math.max(...updates) };
}

const asked = process.argv.slice(2).map(Number);
const browser = await ReaderBrowser.start();
const found: Figures[] = [];
for (const customers of asked.length > 0 ? asked : SIZES) {
  const figures = await measure(browser, customers);
  console.log(
    `${customers} customers: first paint ${Math.round(figures.first)} ms, update ${Math.round(figures.update)} ms`,
  );
  found.push(figures);
}
await browser.close();
const { script, style } = await bundlePage();
const worst = {
  first_paint_ms: Math.max(...found.map(({ first }) => first)),
  update_ms: Math.max(...found.map(({ update }) => update)),
  bundle_kb: (gzipSync(script).length + gzipSync(style).length) / 1024,
};
const over = Object.entries(TARGETS).filter(([name, target]) => worst[name as keyof typeof worst] > target);
if (over.length > 0) {
  console.log(`over its target: ${over.map(([name, target]) => `${name} (${target})`).join(", ")}`);
  process.exitCode = 1;
}
const shown = Object.entries(worst).map(([name, value]) => `${name}=${Math.round(value)}`);
console.log(`page: ${shown.join(" ")}`);
