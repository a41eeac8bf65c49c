import { describe, expect, test } from "vitest";
import { forgottenImages, forgottenSince } from "../../../pipeline/kept-images.ts";

const before = { runner: "registry.example/runner@sha256:1", argoExecutor: "registry.example/argoexec@sha256:1" };
const after = { runner: "registry.example/runner@sha256:2", argoExecutor: "registry.example/argoexec@sha256:1" };
const none = { runner: [], executor: [] };

describe("images of the release before", () => {
  test("may still run if nothing changed, or if they are noted as earlier ones", () => {
    expect(forgottenImages(before, before, none)).toEqual([]);
    expect(forgottenImages(before, after, { runner: [before.runner], executor: [] })).toEqual([]);
  });

  test("are reported if a running night would be refused its next pod", () => {
    expect(forgottenImages(before, after, none)).toEqual([`runner ${before.runner}`]);
    expect(forgottenImages(before, { ...after, argoExecutor: "x" }, none)).toHaveLength(2);
  });

  test("are read from git", () => {
    expect(forgottenSince("HEAD")).toEqual([]);
    expect(() => forgottenSince("no-such-revision")).toThrow("no images.json at this revision");
  });
});
