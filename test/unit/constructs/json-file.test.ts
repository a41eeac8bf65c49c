import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { readCentral } from "../../../constructs/checks/read-central.ts";
import { readEarlierImages } from "../../../constructs/definition/earlier-images.ts";
import { parseJsonObject, readJsonObject } from "../../../constructs/definition/json-file.ts";
import { readVersions } from "../../../constructs/definition/versions.ts";
import { readWaves } from "../../../pipeline/waves.ts";
import { repositoryRoot } from "../../farm/paths.ts";
import { temporaryFolder } from "../../support/folders.ts";

const described = { file: "settings.json", rule: "an object", fix: "write one" };
let file: string;

beforeEach(() => {
  file = join(temporaryFolder(), "settings.json");
});

describe("a file of settings", () => {
  test.each<[text: string, place: string, received: string, fix: string]>([
    ["", "", "an empty file", "write one"],
    [" \n", "", "an empty file", "write one"],
    ["null", "", "null", "write one"],
    ["[1]", "", "[1]", "write one"],
    ["{", "settings.json:1 ", "the end of the file", "add what is missing there"],
    ['{\n  "a": "b\n', "settings.json:2 ", '"\\n" in column 10', "a quote is missing"],
    ['{\n  "a": tru', "settings.json:2 ", "the end of the file", "add what is missing there"],
    ['{\n  "a": trie\n}', "settings.json:2 ", '"i" in column 10', "correct it there"],
    ['{\n  "a": 1\n  "b": 2\n}', "settings.json:3 ", '"\\"" in column 3', "a comma or a quote is missing"],
    ['{\n  "a": [1, 2,],\n}', "settings.json:2 ", '"]" in column 14', "remove the comma before it"],
    ['{\n  "a": 1,\n}', "settings.json:3 ", '"}" in column 1', "remove the comma before it"],
    ['{\n  // the API server\n  "a": 1\n}', "settings.json:2 ", '"/" in column 3', "remove the comment"],
    ["{ 'a': 1 }", "settings.json:1 ", `"'" in column 3`, 'write " instead'],
    ['{\n<<<<<<< ours\n  "a": 1\n', "settings.json:2 ", '"<" in column 1', "resolve the merge conflict"],
    ['\u{feff}{ "a": 1 }', "settings.json:1 ", '"\\u{feff}" in column 1', "correct it there"],
    ['{ "a": 01 }', "settings.json:1 ", '"1" in column 9', "correct it there"],
    ["{}\n}", "settings.json:2 ", '"}" in column 1', "correct it there"],
  ])("that says %j is refused with its place", (text, place, received, fix) => {
    const said = thrownBy(() => parseJsonObject(text, described));
    expect(said).toContain(`settings.json: 1 problem\n  ${place}(file): received ${received}\n    rule: an object\n`);
    expect(said.split("\n    fix: ")[1]).toContain(fix);
  });

  test("has its place at the end wherever it is cut off", () => {
    const whole = JSON.stringify({ text: 'a"\u0007\\n', list: [1.5, -2e3, true, null], of: { more: {} } });
    for (const end of Array.from({ length: whole.length - 1 }, (_, index) => index + 1)) {
      expect(thrownBy(() => parseJsonObject(whole.slice(0, end), described))).toContain("the end of the file");
    }
  });

  test("that is not there, or a folder, or may not be read is refused", () => {
    expect(thrownBy(() => readJsonObject({ ...described, file }))).toContain("(file): received no such file");
    mkdirSync(file);
    expect(thrownBy(() => readJsonObject({ ...described, file }))).toContain("(file): received a folder");
    expect(thrownBy(() => readJsonObject({ ...described, file: join(file, "x".repeat(300)) }))).toContain(
      "NAMETOOLONG",
    );
  });

  test.skipIf(process.getuid?.() === 0)("that may not be read is refused", () => {
    writeFileSync(file, "{}");
    chmodSync(file, 0);
    expect(thrownBy(() => readJsonObject({ ...described, file }))).toContain("received a file that you may not read");
  });
});

describe.each([
  ["central.json", readCentral, "apiServer: received nothing"],
  ["versions.json", readVersions, "argoWorkflows: received nothing"],
  ["constructs/platform/admission/earlier-images.json", readEarlierImages, "runner: received nothing"],
  ["pipeline/waves.json", readWaves, "first: received nothing"],
] as const)("%s", (name, read, missing) => {
  test("is read as it is", () => {
    expect(() => read(join(repositoryRoot, name))).not.toThrow();
  });

  test("is refused under its name: no JSON, and without what it must say", () => {
    writeFileSync(file, "{ a: 1 }");
    expect(thrownBy(() => read(file))).toContain(`${name}: 1 problem\n  ${name}:1 (file): received "a" in column 3\n`);
    writeFileSync(file, "{}");
    expect(thrownBy(() => read(file))).toContain(`  ${missing}\n    rule: `);
  });
});

test("the images of earlier releases are lists of images by digest", () => {
  const digest = `registry.vendor.example/nightlane/runner@sha256:${"a".repeat(64)}`;
  writeFileSync(file, JSON.stringify({ runner: [digest], executor: [digest] }));
  expect(readEarlierImages(file)).toEqual({ runner: [digest], executor: [digest] });
  for (const wrong of ["nginx:latest", `${digest}\nnginx:latest`, ` ${digest}`, "", 5, null]) {
    writeFileSync(file, JSON.stringify({ runner: [digest, wrong], executor: [] }));
    expect(thrownBy(() => readEarlierImages(file))).toMatch(
      /^constructs\/platform\/admission\/earlier-images\.json: 1 problem\n {2}runner\[1\]: received .*\n {4}rule: an image by digest.*\n {4}fix: write for instance "registry/,
    );
  }
  writeFileSync(file, '{ "runner": "nginx", "executor": [5] }');
  expect(thrownBy(() => readEarlierImages(file))).toMatch(/2 problems\n {2}runner: received "nginx"\n/);
});

/** What a person reads of a mistake. */
function thrownBy(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof Error && error.name === "UserError") {
      return error.message;
    }
    throw error;
  }
  return "nothing";
}
