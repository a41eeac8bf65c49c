import { readFileSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { UserError } from "../../../constructs/definition/problem.ts";
import { cacheKey, cacheRoot, exists, freshWorkFolder } from "../../farm/tools/cache.ts";
import { failureMessage, runLogged } from "../../farm/tools/command.ts";
import { ensureFrom } from "../../farm/tools/ensure.ts";
import { executableName, isGoInput } from "../../farm/tools/go-recipe.ts";
import { installCommand, notInstalled } from "../../farm/tools/packages.ts";
import { executablesOnPath, pinnedOnPath, versionIn } from "../../farm/tools/path-lookup.ts";
import { transpiledHost } from "../../farm/tools/pulumi/recipe.ts";
import type { Recipe } from "../../farm/tools/recipe.ts";
import { recipes, toolNames } from "../../farm/tools/recipes.ts";
import { silentReporter } from "../../farm/tools/reporter.ts";
import { goComplaint } from "../../farm/tools/requirements.ts";
import { farmVersions } from "../../farm/tools/versions.ts";

let folder: string;
let cacheBefore: string | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "farm-tools-"));
  cacheBefore = process.env.NIGHTLANE_CACHE;
  process.env.NIGHTLANE_CACHE = join(folder, "cache");
});

afterEach(async () => {
  if (cacheBefore === undefined) {
    delete process.env.NIGHTLANE_CACHE;
  } else {
    process.env.NIGHTLANE_CACHE = cacheBefore;
  }
  await rm(folder, { recursive: true });
});

async function script(path: string, text: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\n${text}\n`);
  await chmod(path, 0o755);
  return path;
}

describe("the cache", () => {
  test("stands outside the checkout, where the environment says", () => {
    expect(cacheRoot({ NIGHTLANE_CACHE: "/a", XDG_CACHE_HOME: "/b" })).toBe("/a");
    expect(cacheRoot({ XDG_CACHE_HOME: "/b" })).toBe("/b/nightlane");
    expect(cacheRoot({})).toMatch(/\/\.cache\/nightlane$/);
  });

  test("keys by version and by content", () => {
    expect(cacheKey("1.2.3", { a: 1 })).toMatch(/^1\.2\.3-[0-9a-f]{8}$/);
    expect(cacheKey("1.2.3", { a: 1 })).toBe(cacheKey("1.2.3", { a: 1 }));
    expect(cacheKey("1.2.3", { a: 1 })).not.toBe(cacheKey("1.2.3", { a: 2 }));
  });
});

/** Prometheus 3.16.0 is the Go module v0.316.0. */
function asModule(version: string): string {
  const [major, minor = "", patch] = version.split(".");
  return `0.${major}${minor.padStart(2, "0")}.${patch}`;
}

describe("the pins", () => {
  const goMod = (recipe: string) => readFileSync(new URL(`../../farm/tools/${recipe}/go.mod`, import.meta.url), "utf8");

  test.each([
    ["alertmanager", `github.com/prometheus/alertmanager v${farmVersions.alertmanager}`],
    ["argo", `github.com/argoproj/argo-workflows/v4 v${farmVersions.argoWorkflows}`],
    ["argocd", `github.com/argoproj/argo-cd/v3 v${farmVersions.argoCd}`],
    ["cosign", `github.com/sigstore/cosign/v2 v${farmVersions.cosign}`],
    ["crane", `github.com/google/go-containerregistry v${farmVersions.crane}`],
    ["etcd", `go.etcd.io/etcd/server/v3 v${farmVersions.etcd}`],
    ["helm", `helm.sh/helm/v4 v${farmVersions.helm}`],
    ["kube-router", `github.com/cloudnativelabs/kube-router/v2 v${farmVersions.kubeRouter}`],
    ["kubernetes", `k8s.io/kubernetes v${farmVersions.kubernetes}`],
    ["prometheus", `github.com/prometheus/prometheus v${asModule(farmVersions.prometheus)}`],
    ["registry", `github.com/distribution/distribution/v3 v${farmVersions.registry}`],
    ["syft", `github.com/anchore/syft v${farmVersions.syft}`],
    ["pulumi/cli", `github.com/pulumi/pulumi/pkg/v3 v${farmVersions.pulumi}`],
  ])("of %s is the version in versions.json", (recipe, requirement) => {
    const requirements = goMod(recipe)
      .split("\n")
      .map((line) => line.replace(/^(require)?\s+|\s+\/\/ indirect$/g, ""));
    expect(requirements.filter((line) => line === requirement)).toHaveLength(1);
  });

  test("replace every staging module of Kubernetes by its release of the same version", () => {
    const staging = farmVersions.kubernetes.replace(/^1/, "0");
    const replaced = [...goMod("kubernetes").matchAll(/^\s+(\S+) => (\S+) v(\S+)$/gm)];
    expect(replaced.length).toBeGreaterThan(30);
    for (const [, from, to, version] of replaced) {
      expect([to, version]).toEqual([from, staging]);
    }
  });

  test("cover every recipe under a name of its own", () => {
    expect(new Set(toolNames).size).toBe(toolNames.length);
    expect(new Set(recipes.map(({ name }) => name)).size).toBe(recipes.length);
  });
});

describe("what goes into a Go build", () => {
  test("is named as go build names it", () => {
    expect(executableName("go.etcd.io/etcd/server/v3")).toBe("server");
    expect(executableName("k8s.io/kubernetes/cmd/kubectl")).toBe("kubectl");
  });

  test("is the module and its sources, not the recipe", () => {
    expect(["go.mod", "go.sum", "main.go", "recipe.ts"].filter(isGoInput)).toEqual(["go.mod", "go.sum", "main.go"]);
  });
});

describe("a tool on PATH", () => {
  const probe = { args: ["--version"], pattern: /v(\S+)/ };

  test("is found in order, executable files only", async () => {
    const first = await script(join(folder, "a/tool"), "");
    const second = await script(join(folder, "b/tool"), "");
    await mkdir(join(folder, "c/tool"), { recursive: true });
    await script(join(folder, "d/tool"), "");
    await chmod(join(folder, "d/tool"), 0o644);
    const searchPath = ["d", "c", "a", "b"].map((name) => join(folder, name)).join(":");
    expect(await executablesOnPath("tool", `relative:${searchPath}`)).toEqual([first, second]);
  });

  test("is taken in exactly the pinned version, past others of its name", async () => {
    await script(join(folder, "old/tool"), 'echo "tool v1.2.2"');
    const right = await script(join(folder, "new/tool"), 'echo "tool v1.2.3" >&2');
    const before = process.env.PATH;
    process.env.PATH = `${join(folder, "old")}:${join(folder, "new")}:${before}`;
    try {
      expect(await pinnedOnPath({ name: "tool", probe }, "1.2.3")).toBe(right);
      expect(await pinnedOnPath({ name: "tool", probe }, "1.2.4")).toBeUndefined();
      expect(await pinnedOnPath({ name: "tool" }, "1.2.3")).toBeUndefined();
      await symlink(right, join(folder, "old/linked"));
      expect(await pinnedOnPath({ name: "linked", probe }, "1.2.3")).toBe(right);
      expect(await pinnedOnPath({ name: "other", probe: { ...probe, command: "tool" } }, "1.2.3")).toBe(right);
    } finally {
      process.env.PATH = before;
    }
  });

  test.each([
    ["etcd", "etcd Version: 3.6.16\nGit SHA: Not provided\n", "3.6.16"],
    ["kubelet", "Kubernetes v1.36.3\n", "1.36.3"],
    ["kubectl", "Client Version: v1.32.4-dispatcher\nKustomize Version: v5.5.0\n", "1.32.4-dispatcher"],
    ["argoexec", "argoexec: v4.0.5\n", "4.0.5"],
    ["helm", "v4.3.1+gabcdef\n", "4.3.1"],
    ["promtool", "promtool, version 3.16.0 (branch: , revision: unknown)\n  go version: go1.26.8\n", "3.16.0"],
    ["pulumi-cli", "v3.274.1\n", "3.274.1"],
  ])("%s is understood", (name, output, version) => {
    const products: Recipe["products"][number][] = recipes.flatMap((recipe) => [...recipe.products]);
    const product = products.find((candidate) => candidate.name === name);
    expect(product?.probe && versionIn(output, product.probe)).toBe(version);
  });
});

describe("ensuring", () => {
  let builds: string[][];
  beforeEach(() => {
    builds = [];
  });

  const recipe = (build?: Recipe["build"]): Recipe => ({
    name: "set",
    version: "1.0.0",
    products: [{ name: "one" }, { name: "two" }],
    key: async (product) => `1.0.0-${product}`,
    build:
      build ??
      (async ({ wanted, output }) => {
        builds.push([...wanted]);
        for (const name of wanted) {
          await writeFile(join(output(name), name), name);
        }
      }),
  });

  test("makes what is named, once", async () => {
    const paths = await ensureFrom([recipe()], new Set(["one"]), silentReporter);
    await ensureFrom([recipe()], new Set(["one"]), silentReporter);
    await ensureFrom([recipe()], new Set(["one", "two"]), silentReporter);
    expect(paths.get("one")).toBe(join(folder, "cache/tools/one/1.0.0-one/one"));
    expect(builds).toEqual([["one"], ["two"]]);
  });

  test("lets two calls at once build once", async () => {
    await Promise.all([1, 2, 3].map(() => ensureFrom([recipe()], new Set(["one"]), silentReporter)));
    expect(builds).toEqual([["one"]]);
  });

  test("recovers from a killed build and leaves no work behind", async () => {
    const leftover = join(await freshWorkFolder("set"), "output/one");
    await mkdir(leftover, { recursive: true });
    await writeFile(join(leftover, "one"), "half");
    await ensureFrom([recipe()], new Set(["one"]), silentReporter);
    expect(builds).toEqual([["one"]]);
    expect(await readdir(join(folder, "cache/work"))).toEqual([]);
  });

  test("caches nothing of a build that failed", async () => {
    const failing = recipe(async ({ output }) => {
      await writeFile(join(output("one"), "one"), "half");
      throw new UserError("no");
    });
    await expect(ensureFrom([failing], new Set(["one"]), silentReporter)).rejects.toThrow(new UserError("no"));
    expect(await exists(join(folder, "cache/tools/one"))).toBe(false);
    await ensureFrom([recipe()], new Set(["one"]), silentReporter);
    expect(builds).toEqual([["one"]]);
  });

  test("makes first what a recipe needs, and hands it over", async () => {
    const seen: unknown[] = [];
    const assembly: Recipe = {
      ...recipe(async ({ needed, output }) => {
        seen.push(needed);
        await writeFile(join(output("whole"), "whole"), "");
      }),
      name: "assembly",
      products: [{ name: "whole" }],
      needs: ["two"],
    };
    await ensureFrom([recipe(), assembly], new Set(["whole"]), silentReporter);
    expect(seen).toEqual([{ two: join(folder, "cache/tools/two/1.0.0-two/two") }]);
  });
});

describe("a command that fails", () => {
  test("says what, how, and where the log is", async () => {
    const log = join(folder, "logs/x.log");
    const run = runLogged({ command: "sh", args: ["-c", "echo told; exit 3"], log });
    await expect(run).rejects.toThrow(
      new UserError(
        `sh -c echo told; exit 3 failed: exit code 3.\n  | $ sh -c echo told; exit 3\n  | told\nThe whole log is in ${log}.`,
      ),
    );
  });

  test("quotes only the end of a long output", () => {
    const output = Array.from({ length: 100 }, (_, line) => `line ${line}`).join("\n");
    const message = failureMessage({ command: "go", args: ["build"], log: "/l" }, "exit code 1", output);
    expect(message.split("\n")).toHaveLength(10);
    expect(message).toContain("  | line 99");
  });
});

describe("what is missing on the machine", () => {
  test("is Go, with the commands that install it", () => {
    expect(goComplaint("go version go1.26.8 linux/amd64", "building etcd")).toBeUndefined();
    expect(goComplaint("go version go2.0 linux/amd64", "building etcd")).toBeUndefined();
    expect(goComplaint("go version go1.19.8 linux/amd64", "building etcd")).toMatch(
      /^Go is too old .*building etcd needs Go 1\.26 or newer\. Install it:\n {2}curl /,
    );
    expect(goComplaint(undefined, "building etcd")).toMatch(/^Go is missing on this machine; building etcd needs/);
  });

  test("is a Debian package: unknown, removed or half installed ones count as missing", () => {
    const statuses = "runc installed\niptables config-files\nipset half-configured\n";
    expect(notInstalled(["runc", "iptables", "ipset", "buildah"], statuses)).toEqual(["iptables", "ipset", "buildah"]);
    expect(installCommand(["a", "b"])).toBe(
      "Install them: sudo apt-get update && sudo apt-get install -y --no-install-recommends a b",
    );
  });
});

describe("the language host", () => {
  test("is one file that imports nothing but Node's own modules", async () => {
    const text = await transpiledHost();
    const imported = [...text.matchAll(/^import .* from "(.+)";$/gm)].map(([, module]) => module);
    expect(imported).toEqual(["node:child_process", "node:module", "node:path"]);
  });
});
