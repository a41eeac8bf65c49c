import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { images, readImages } from "../../../constructs/definition/images.ts";
import { UserError } from "../../../constructs/definition/problem.ts";
import { repositoryRoot } from "../../farm/paths.ts";

const digest = `sha256:${"0".repeat(64)}`;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nightlane-images-"));
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function file(content: string): string {
  const path = join(folder, "images.json");
  writeFileSync(path, content);
  return path;
}

describe("images", () => {
  test("are those of the file that NIGHTLANE_IMAGES names, also when it names another one later", () => {
    const own = readImages(join(repositoryRoot, "images.json"));
    const ours = { ...own, risk: `registry.example/risk@${digest}` };
    vi.stubEnv("NIGHTLANE_IMAGES", "");
    expect(images()).toEqual(own);
    vi.stubEnv("NIGHTLANE_IMAGES", file(JSON.stringify(ours)));
    expect(images()).toEqual(ours);
    vi.stubEnv("NIGHTLANE_IMAGES", "");
    expect(images()).toEqual(own);
  });
});

describe("readImages", () => {
  test("takes images by digest", () => {
    const reference = (name: string): string => `registry.example/${name.toLowerCase()}@${digest}`;
    const content = Object.fromEntries(Object.keys(images()).map((name) => [name, reference(name)]));
    expect(readImages(file(JSON.stringify(content)))).toEqual(content);
  });

  test("refuses a tag and a missing image, names both and says what to write", () => {
    const content = { ...images(), risk: "registry.example/risk:latest", runner: undefined };
    expect(() => readImages(file(JSON.stringify(content)))).toThrow(UserError);
    expect(() => readImages(file(JSON.stringify(content)))).toThrow(
      /images\.json: 2 problems\n {2}runner: received nothing\n {4}rule: an image by digest\n {4}fix: write .*\n {2}risk: received "registry\.example\/risk:latest"\n {4}rule: an image by digest\n {4}fix: write for instance "<repository>@sha256/,
    );
  });

  test("names what is misspelt, and what nobody reads", () => {
    const { runner, ...others } = images();
    expect(() => readImages(file(JSON.stringify({ runer: runner, ...others })))).toThrow(
      /1 problem\n {2}runer: received .*\n {4}rule: .*\n {4}fix: write runner instead of runer/,
    );
    expect(() => readImages(file(JSON.stringify({ ...images(), sidecar: "a:latest" })))).toThrow(
      /1 problem\n {2}sidecar: received "a:latest"\n {4}rule: .*runner, risk, .*\n {4}fix: remove it/,
    );
  });

  test.each(["", "{", "null"])("refuses the content %j", (content) => {
    expect(() => readImages(file(content))).toThrow(UserError);
  });

  test("refuses a file that is not there, and names who said where it is", () => {
    const missing = join(folder, "none.json");
    expect(() => readImages(missing)).toThrow(/none\.json.*received no such file.*fix: restore it from version/s);
    vi.stubEnv("NIGHTLANE_IMAGES", missing);
    expect(() => readImages(missing)).toThrow(/none\.json.*received no such file.*fix: correct NIGHTLANE_IMAGES/s);
  });
});
