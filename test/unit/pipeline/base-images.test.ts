import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import versions from "../../../versions.json" with { type: "json" };

const repository = fileURLToPath(new URL("../../..", import.meta.url));
const tracked = execFileSync("git", ["ls-files"], { cwd: repository, encoding: "utf8" }).trim().split("\n");
const dockerfiles = tracked.filter((file) => /(Docker|Container)file[^/]*$/.test(file));
const manifests = tracked.filter((file) => /\.ya?ml$/.test(file));
const text = (file: string): string => readFileSync(join(repository, file), "utf8");

const DIGEST = /@sha256:[0-9a-f]{64}$/;

/** Filled in by the person who applies it: a GitLab variable, a Helm or Argo parameter, a word in capitals, nothing. */
const PLACEHOLDER = /^(\$[A-Z_]+|"\{\{.*\}\}"|[A-Z_]+|"")$/;

test("there are Dockerfiles and manifests", () => {
  expect(dockerfiles).toEqual(expect.arrayContaining(["runner/Dockerfile", "nightwatch/image/Dockerfile"]));
  expect(manifests).toEqual(expect.arrayContaining([".gitlab-ci.yml", "examples/pricing-engine/deployment.yaml"]));
});

test.each(dockerfiles)("%s begins with nothing, a digest, or a stage of its own", (file) => {
  expect(basesByTag(text(file))).toEqual([]);
});

test.each(dockerfiles)("%s begins with the Debian that versions.json pins, and no other", (file) => {
  const debians = [...text(file).matchAll(/^FROM (?:--\S+ )*(\S*debian\S*)/gim)].map(([, base]) => base);
  const { release, digest } = versions.debian;
  expect(new Set([...debians, `docker.io/library/debian:${release}-slim@${digest}`]).size).toBe(1);
});

test.each([
  ["FROM debian:bookworm-slim", ["debian:bookworm-slim"]],
  ["FROM debian", ["debian"]],
  ["FROM --platform=linux/amd64 node:24 AS build\nFROM build", ["node:24"]],
  ["from debian:bookworm-slim@sha256:12", ["debian:bookworm-slim@sha256:12"]],
  [`FROM debian@sha256:${"a".repeat(64)} AS one\nFROM one\nFROM scratch`, []],
  ["FROM scratch\nCOPY --from=busybox:1.36 /bin/sh /bin/sh", ["busybox:1.36"]],
])("finds what %s names by a tag", (dockerfile, found) => {
  expect(basesByTag(dockerfile)).toEqual(found);
});

test.each(manifests)("%s names no image by a tag", (file) => {
  const images = [...text(file).matchAll(/^\s*(?:- )?(?:image|[A-Z_]*_IMAGE): *([^#\n]*)/gm)].map(([, name = ""]) =>
    name.trim(),
  );
  expect(images.filter((image) => !DIGEST.test(image) && !PLACEHOLDER.test(image))).toEqual([]);
});

/**
 * Bases, and images that files are copied from, that are neither nothing, nor a stage, nor by digest; a build context
 * has no tag.
 */
function basesByTag(dockerfile: string): readonly string[] {
  const stages = new Set([...dockerfile.matchAll(/^FROM .* AS (\S+)$/gim)].map(([, name]) => name));
  const bases = [...dockerfile.matchAll(/^FROM (?:--\S+ )*(\S+)/gim)].map(([, base = ""]) => base);
  const sources = [...dockerfile.matchAll(/^COPY .*--from=(\S+)/gim)].map(([, source = ""]) => source);
  return [...bases, ...sources.filter((source) => /[:/@]/.test(source))].filter(
    (base) => base !== "scratch" && !stages.has(base) && !DIGEST.test(base),
  );
}
