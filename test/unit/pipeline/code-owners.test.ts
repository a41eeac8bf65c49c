import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { tryPipeline } from "../../../pipeline/pipeline-trial.ts";
import { filesOfCommand, REPOSITORY, reachedFiles } from "../../support/reached-files.ts";

/** The patterns of the file, the last that fits decides; the owner of everything else apart. */
const lines = readFileSync(join(REPOSITORY, ".gitlab/CODEOWNERS"), "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"))
  .map((line) => line.split(/\s+/));
const [everything, ...patterns] = lines;

const { main, children } = tryPipeline(["nordbank", "alpenkredit"]);
/** Every line of a script in any pipeline: those of jobs with credentials among them. */
const scripts = [main, ...Object.values(children)].flatMap((pipeline) =>
  Object.values(pipeline).flatMap((job) => [...linesOf(job, "before_script"), ...linesOf(job, "script")]),
);

test("everything has an owner, and each line says whom", () => {
  expect(everything?.[0]).toBe("*");
  expect(lines.filter(([, ...owners]) => owners.length === 0 || owners.some((owner) => !/^@\w/.test(owner)))).toEqual(
    [],
  );
});

test("every path of the list is there", () => {
  expect(patterns.map(([path = ""]) => path).filter((path) => !existsSync(join(REPOSITORY, path)))).toEqual([]);
});

test("what runs in a job of the pipeline has an owner by name", () => {
  const pulumi: { readonly main: string } = parse(readFileSync(join(REPOSITORY, "Pulumi.yaml"), "utf8"));
  const roots = [pulumi.main, ...scripts.flatMap(filesOfCommand)];
  const files = reachedFiles(roots);
  expect(scripts.some((line) => line.includes("pulumi up"))).toBe(true);
  for (const file of ["pipeline/release/cli.ts", "test/farm/images/cli.ts", "runs/night-series.ts", "infra/index.ts"]) {
    expect(files).toContain(file);
  }
  expect(files.filter((file) => !isOwned(file))).toEqual([]);
});

test("so has what says which programs run, and with which settings", () => {
  const settings = [
    "Pulumi.yaml",
    "cdk8s.yaml",
    "Makefile",
    "package.json",
    "package-lock.json",
    ".npmrc",
    "tsconfig.json",
  ];
  expect(settings.filter((file) => !isOwned(file))).toEqual([]);
});

function isOwned(file: string): boolean {
  return patterns.some(([path = ""]) => (path.endsWith("/") ? `/${file}`.startsWith(path) : `/${file}` === path));
}

function linesOf(job: unknown, key: "script" | "before_script"): readonly string[] {
  const lines = (Object(job) as Readonly<Record<string, unknown>>)[key];
  return Array.isArray(lines) ? lines.map(String) : [];
}
