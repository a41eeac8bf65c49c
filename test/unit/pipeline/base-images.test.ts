import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const repository = fileURLToPath(new URL("../../..", import.meta.url));

/**
 * The one base that is named by a tag: a build is to take Debian's security updates with its packages, and what was built is
 * pinned by digest, in images.json.
 */
const BY_TAG = "docker.io/library/debian:bookworm-slim";

const files = ["runner", "nightwatch", "examples", "test/farm/images", "infra", "pipeline"].flatMap((folder) =>
  readdirSync(join(repository, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => /(^|\/)(Dockerfile|Containerfile)/.test(file) && !file.includes("node_modules"))
    .map((file) => join(folder, file)),
);

test("there are Dockerfiles", () => {
  expect(files).toEqual(expect.arrayContaining(["runner/Dockerfile", "nightwatch/image/Dockerfile"]));
});

test.each(files)("%s begins with nothing, a digest, a stage of its own, or the one base by its tag", (file) => {
  const text = readFileSync(join(repository, file), "utf8");
  const stages = new Set([...text.matchAll(/^FROM .* AS (\S+)$/gim)].map(([, name]) => name));
  const bases = [...text.matchAll(/^FROM (?:--\S+ )*(\S+)/gim)].map(([, base = ""]) => base);
  const others = bases.filter((base) => base !== "scratch" && !stages.has(base) && !/@sha256:[0-9a-f]{64}$/.test(base));
  expect(others.filter((base) => base !== BY_TAG)).toEqual([]);
});
