import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { contents, temporaryFolder } from "../../support/folders.ts";

const guide = readFileSync(new URL("../../../docs/results.md", import.meta.url), "utf8");
const [, sample = ""] = /```java\n([\s\S]*?)```/.exec(guide) ?? [];
const hasJava = spawnSync("javac", ["-version"]).status === 0;

/** A program that has the sample beside it: it writes a file and leaves it as an attempt's result. */
const MAIN = `
import java.nio.file.*;
class Main {
  public static void main(String[] args) throws Exception {
    var folder = Results.begin();
    Files.createDirectories(folder.resolve("desks"));
    Files.writeString(folder.resolve("desks/var.json"), args[0]);
    Results.commit(folder);
  }
}`;

test("docs/results.md has a sample for the JVM", () => {
  expect(sample).toContain("manifest.json");
});

test.skipIf(!hasJava)(
  "the sample for the JVM leaves a result with its manifest, and replaces that of an attempt before",
  () => {
    const folder = temporaryFolder();
    const night = join(folder, "night");
    mkdirSync(night);
    writeFileSync(join(folder, "Results.java"), sample);
    writeFileSync(join(folder, "Main.java"), MAIN);
    execFileSync("javac", ["-d", folder, join(folder, "Results.java"), join(folder, "Main.java")]);
    for (const attempt of ["1", "2"]) {
      const env = { ...process.env, NIGHT_DIR: night, STEP: "var-es", ATTEMPT: attempt };
      execFileSync("java", ["-cp", folder, "Main", `{"var":${attempt}}`], { env });
    }
    const found = contents(join(night, "var-es"));
    expect([...found.keys()]).toEqual(["desks/var.json", "manifest.json"]);
    const text = '{"var":2}';
    expect(found.get("desks/var.json")).toBe(text);
    expect(JSON.parse(found.get("manifest.json") ?? "")).toEqual({
      step: "var-es",
      attempt: 2,
      files: [{ path: "desks/var.json", bytes: text.length, sha256: createHash("sha256").update(text).digest("hex") }],
    });
  },
  60_000,
);
