import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { isBelow, quote, sandboxScript } from "../../farm/sandbox-script.ts";

describe("sandboxScript", () => {
  const script = sandboxScript({
    covers: [
      { target: "/run", source: "/farm/machine/run", inMemory: true },
      { target: "/var/lib", source: "/farm/machine/var-lib", inMemory: false },
    ],
    binds: [{ source: "/farm/store", target: "/var/lib/containerd" }],
    keep: ["/var/lib/farm", "/home/cache"],
  });
  const lines = script.split("\n");

  test("binds what must stay visible before it covers the place", () => {
    const kept = lines.indexOf("mount --bind '/var/lib/farm' '/farm/machine/var-lib/farm'");
    const covered = lines.indexOf("mount --rbind '/farm/machine/var-lib' '/var/lib'");
    expect(kept).toBeGreaterThan(0);
    expect(covered).toBeGreaterThan(kept);
  });

  test("leaves folders alone that nothing covers", () => {
    expect(script).not.toContain("/home/cache");
  });

  test("becomes the init process only after everything stands", () => {
    expect(lines.at(-1)).toContain("exec tini");
    expect(lines.at(-2)).toBe("echo ready");
  });

  test("is a script that sh can read", () => {
    expect(() => execFileSync("sh", ["-n", "-c", script])).not.toThrow();
  });
});

test("quote keeps any word whole", () => {
  const word = "it's $HOME; rm -rf *";
  expect(execFileSync("sh", ["-c", `printf %s ${quote(word)}`]).toString()).toBe(word);
});

test.each([
  ["/var/lib/farm", "/var/lib", true],
  ["/var/lib", "/var/lib", false],
  ["/var/library", "/var/lib", false],
  ["/home", "/var/lib", false],
])("isBelow(%j, %j) is %s", (path, folder, expected) => {
  expect(isBelow(path, folder)).toBe(expected);
});
