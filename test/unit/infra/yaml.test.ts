import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { Manifest } from "../../../constructs/kubernetes/manifest.ts";
import { toYaml } from "../../../infra/yaml.ts";
import { SeededRandom } from "../../support/random.ts";

function manifest(data: unknown): Manifest {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "x" }, data };
}

/** The text of `data` alone. */
function yamlOf(data: unknown): string {
  return toYaml(manifest(data)).replace(/^.*?\ndata:/s, "");
}

describe("toYaml", () => {
  test("writes blocks, two spaces deep", () => {
    expect(toYaml(manifest({ list: [{ a: "x", b: ["y", [1]] }, {}, []], none: null, yes: true }))).toBe(
      [
        "apiVersion: v1",
        "kind: ConfigMap",
        "metadata:",
        "  name: x",
        "data:",
        "  list:",
        "    - a: x",
        "      b:",
        '        - "y"',
        "        -",
        "          - 1",
        "    - {}",
        "    - []",
        "  none: null",
        '  "yes": true',
        "",
      ].join("\n"),
    );
  });

  test("leaves out what is undefined", () => {
    expect(toYaml(manifest({ a: undefined, b: 1 }))).toMatch(/data:\n {2}b: 1\n$/);
  });

  test.each([
    "no",
    "Yes",
    "ON",
    "n",
    "null",
    "True",
    "06:00",
    "22:30:00",
    "1e3",
    "0x1f",
    "1_000",
    "2026-03-31",
    "~",
    "",
  ])("quotes %j, which YAML 1.1 reads as something else", (text) => {
    expect(yamlOf(text)).toBe(` "${text}"\n`);
  });

  test.each(["night-1", "risk", "/results", "a:b", "registry.example/x@sha256:0a", "run.Failed || x"])(
    "leaves %j bare",
    (text) => {
      expect(yamlOf(text)).toBe(` ${text}\n`);
    },
  );

  test("writes JSON in single quotes, so that it can be read", () => {
    expect(yamlOf('{"a":"it\'s"}')).toBe(` '{"a":"it''s"}'\n`);
  });

  test("writes lines as a block", () => {
    expect(yamlOf({ script: "a: 1\n\nb: no\n" })).toBe("\n  script: |\n    a: 1\n\n    b: no\n");
  });

  test("is read back as it was, in both versions of YAML, whatever the text", () => {
    const random = new SeededRandom(1_100);
    const parts = [..."abyno :#-\"'\n\t01.{}[],&*!|>%@\\~=<\r\0é\u0085\u2028\u007f\ufeff", "😀", "  ", "no", ": "];
    const text = (): string => Array.from({ length: random.below(7) }, () => random.pick(parts)).join("");
    for (let round = 0; round < 400; round++) {
      const value = text();
      const written = manifest({ plain: value, list: [value, [value], { deep: value }], [`k${text()}`]: [{}] });
      for (const version of ["1.1", "1.2"] as const) {
        expect(parse(toYaml(written), { version }), JSON.stringify(value)).toEqual(written);
      }
    }
  });
});
