import { describe, expect, test } from "vitest";
import { figureTexts, readFigures } from "../../../runs/figures.ts";

const sha256 = "0".repeat(64);

describe("figures of a step's results", () => {
  test("stand beside those of the business day before", () => {
    const figures = {
      "VaR 99": { value: "120.1", before: "100", on: "2026-03-27" },
      ES: { value: "-90", before: "-100", on: "2026-03-27" },
      trades: { value: "28", before: "28.0", on: "2026-03-27" },
      breaks: { value: "1", before: "0", on: "2026-03-27" },
      first: { value: "1e3" },
    };
    expect(figureTexts(JSON.stringify({ sha256, figures }))).toEqual([
      "VaR 99 120.1 (+20.1 % against 100 on 2026-03-27)",
      "ES -90 (+10.0 % against -100 on 2026-03-27)",
      "trades 28 (as on 2026-03-27)",
      "breaks 1 (0 on 2026-03-27)",
      "first 1e3",
    ]);
  });

  test("are none of a step that names none, or of what cannot be read", () => {
    expect(figureTexts(undefined)).toEqual([]);
    expect(figureTexts("{")).toEqual([]);
    expect(figureTexts(JSON.stringify({ sha256 }))).toEqual([]);
  });

  test("are believed as far as a runner may report them", () => {
    const reported = {
      good: { value: "1", before: "<b>", on: "2026-03-27", more: "x" },
      "<script>": { value: "1" },
      "a\u202Eb": { value: "1" },
      text: { value: "$(reboot)" },
      long: { value: "1".repeat(65) },
      number: { value: 1 },
      list: ["1"],
      nothing: null,
    };
    expect(readFigures(reported)).toEqual({ good: { value: "1" } });
    expect(readFigures(["x"])).toBeUndefined();
    expect(readFigures("x")).toBeUndefined();
  });
});
