import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { type ImageFiles, nextImageFiles, readImageFiles } from "../../../pipeline/release/image-files.ts";
import type { References } from "../../../pipeline/release/registry.ts";
import { repositoryRoot } from "../../farm/paths.ts";

const EARLIER = "constructs/platform/admission/earlier-images.json";
const image = (name: string, digit: string): string => `registry.bank.example/${name}@sha256:${digit.repeat(64)}`;

function references(digit: string): References {
  return {
    runner: image("runner", digit),
    risk: image("risk", digit),
    nightwatch: image("nightwatch", digit),
    argoController: image("workflow-controller", digit),
    argoExecutor: image("argoexec", digit),
    ci: image("ci", digit),
  };
}

const files = readImageFiles(repositoryRoot);
const first = nextImageFiles(files, references("1"));
const second = nextImageFiles(first, references("2"));
const earlierOf = (of: ImageFiles): { runner: string[]; executor: string[] } => JSON.parse(of[EARLIER]);

describe("the files of the next release", () => {
  test("name its images by digest, the one of the pipeline's jobs in the pipeline", () => {
    const { ci, ...images } = references("1");
    expect(JSON.parse(first["images.json"])).toEqual(images);
    expect(parse(first[".gitlab-ci.yml"]).default).toMatchObject({ image: ci });
    expect(first[".gitlab-ci.yml"].split("\n")).toHaveLength(files[".gitlab-ci.yml"].split("\n").length);
  });

  test("keep what nights that still run were made with, newest first", () => {
    const { runner, executor } = earlierOf(second);
    expect(runner.slice(0, 2)).toEqual([image("runner", "1"), JSON.parse(files["images.json"]).runner]);
    expect(executor[0]).toBe(image("argoexec", "1"));
  });

  test("name nothing twice, and what is current among the earlier not at all", () => {
    const again = nextImageFiles(second, references("2"));
    expect(again).toEqual(second);
    const back = earlierOf(nextImageFiles(second, references("1")));
    expect(back.runner).not.toContain(image("runner", "1"));
    expect(back.runner[0]).toBe(image("runner", "2"));
  });

  test.each(['{ "runner": "nginx", "executor": [] }', '{ "runner": ["nginx:latest"], "executor": [] }', "{}"])(
    "are refused where the earlier ones are %s",
    (earlier) => {
      expect(() => nextImageFiles({ ...files, [EARLIER]: earlier }, references("1"))).toThrow(/earlier-images\.json: /);
    },
  );

  test("are refused where the pipeline names no image", () => {
    const without = { ...files, ".gitlab-ci.yml": "default:\n  interruptible: true\nlint:\n  image: node\n" };
    expect(() => nextImageFiles(without, references("1"))).toThrow(".gitlab-ci.yml: default.image: received nothing");
  });
});
