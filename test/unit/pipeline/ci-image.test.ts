import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { childPipeline } from "../../../pipeline/child-pipeline.ts";
import { imageRecipes } from "../../farm/images/recipe.ts";

/** The image of the pipeline's jobs has what they run: they never run in it here. */
const read = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../../../${path}`, import.meta.url)), "utf8");
const dockerfile = read("pipeline/image/Dockerfile");

/** Words of a shell, and programs that every Debian has. */
const ALWAYS = ["if", "then", "else", "fi", "echo", "printf", "rm", "ln", "xargs", "true"];

const affected = { customers: ["nordbank"], removed: ["gone"], platform: true };
const pipelines = [
  read(".gitlab-ci.yml"),
  ...(["review", "deploy", "drift"] as const).map(
    (purpose) => childPipeline({ purpose, affected, base: "HEAD", planCommand: "" })["child.yml"] ?? "",
  ),
];
const scripts = pipelines.flatMap((text) =>
  Object.values<{ script?: string[]; before_script?: string[] }>(parse(text, { merge: true })).flatMap((job) =>
    [...(job.before_script ?? []), ...(job.script ?? [])].flat(),
  ),
);

/** The programs that a line of a script starts. */
function programs(line: string): readonly string[] {
  return line
    .replaceAll(/'[^']*'/g, "x")
    .split(/\$\(|\|\|?|&&|;|\bthen\b|\belse\b|\bif\b|-n 1 /)
    .map((command) => command.trim().replace(/^\w+=/, "").split(/\s+/)[0] ?? "")
    .filter((word) => /^[a-z]/.test(word) && !word.startsWith("node_modules/"));
}

/** Debian packages, and what is copied: into the folders of `PATH` by name, or the folder `pulumi`. */
const [, packages = ""] = /apt-get install \S+ \S+ (.*) \\$/m.exec(dockerfile) ?? [];
const copied = [...dockerfile.matchAll(/^COPY --from=(\S+) /gm)].map(([, name = ""]) => name);
const has = new Set([...ALWAYS, ...packages.split(" "), ...copied, ...(copied.includes("npm") ? ["npx"] : [])]);

test("each program of a job's script is in the image", () => {
  const used = new Set(scripts.flatMap(programs));
  expect([...used]).toEqual(expect.arrayContaining(["git", "npm", "npx", "pulumi", "kubectl", "crane", "make"]));
  expect([...used].filter((program) => !has.has(program))).toEqual([]);
});

test("what a release builds, describes and signs images with is in it", () => {
  for (const program of ["buildah", "debootstrap", "crane", "syft", "cosign"]) {
    expect([...has]).toContain(program);
  }
});

test("its Dockerfile takes exactly what the build gives it", () => {
  const { tools, folders, context } = imageRecipes.ci;
  expect(copied.toSorted()).toEqual([...tools, ...folders].toSorted());
  expect(context).toMatch(/\/pipeline\/image$/);
});
