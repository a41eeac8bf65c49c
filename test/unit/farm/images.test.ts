import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  aptConfiguration,
  DEBIAN_MIRRORS,
  debianSources,
  parseMirrors,
  proxyLines,
} from "../../farm/images/apt-settings.ts";
import { manifestDigest } from "../../farm/images/archive.ts";
import { belongsToContext, copyContext, hashContext } from "../../farm/images/context.ts";
import { parsePipConfig, pipConfiguration } from "../../farm/images/pip-settings.ts";
import { imageNames, imageRecipes } from "../../farm/images/recipe.ts";
import { differingPath } from "../../farm/images/reproduce.ts";

describe("an image's digest", () => {
  test("is that of the one manifest in its archive", () => {
    expect(manifestDigest('{"manifests":[{"digest":"sha256:ab"}]}', "a.tar")).toBe("sha256:ab");
    expect(() => manifestDigest('{"manifests":[]}', "a.tar")).toThrow("a.tar holds 0 images where one was expected");
  });
});

describe("the images", () => {
  test("are those that definitions name, under the same repositories", () => {
    expect(imageNames).toEqual(["pause", "argoController", "argoExecutor", "runner", "nightwatch", "risk", "ci"]);
    expect(imageRecipes.runner.repository).toBe("registry.nightlane.example/nightlane/runner");
    expect(imageRecipes.argoExecutor.repository).toBe("registry.nightlane.example/argoproj/argoexec");
  });
});

describe("an image that came out otherwise", () => {
  test.each([
    ["Files /a/tree/opt/x y.jar and /b/tree/opt/x y.jar differ", "opt/x y.jar"],
    ["Only in /b/tree/var/log: apt", "var/log/apt"],
    ["Only in /a/tree: etc", "etc"],
    ["Symbolic links /a/tree/bin/x and /b/tree/bin/x differ", "bin/x"],
    ["File /a/tree/run is a directory while file /b/tree/run is a regular file", "run"],
  ])("%s: tells where", (line, path) => {
    expect(differingPath(line, "/a/tree", "/b/tree")).toBe(path);
  });
});

describe("a build context", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "farm-context-"));
    for (const path of ["src/app", "src/app/__pycache__", "tests", ".venv/bin"]) {
      await mkdir(join(folder, "in", path), { recursive: true });
    }
    for (const path of ["Dockerfile", "src/app/main.py", "src/app/__pycache__/main.pyc", "tests/a.py", ".venv/bin/x"]) {
      await writeFile(join(folder, "in", path), path);
    }
  });
  afterEach(() => rm(folder, { recursive: true }));

  test("is copied and hashed without what working on it leaves behind", async () => {
    await copyContext(join(folder, "in"), join(folder, "out"));
    const copied = await readdir(join(folder, "out"), { recursive: true });
    expect(copied.sort()).toEqual(["Dockerfile", "src", "src/app", "src/app/main.py"]);
    expect(Object.keys(await hashContext(join(folder, "in")))).toEqual(["Dockerfile", "src/app/main.py"]);
  });

  test("has another hash when a file changes, and the same when a test does", async () => {
    const before = await hashContext(join(folder, "in"));
    await writeFile(join(folder, "in/tests/a.py"), "changed");
    expect(await hashContext(join(folder, "in"))).toEqual(before);
    await writeFile(join(folder, "in/src/app/main.py"), "changed");
    expect(await hashContext(join(folder, "in"))).not.toEqual(before);
  });

  test("tells them by the parts of their path", () => {
    expect(belongsToContext("src/distance.py")).toBe(true);
    expect(belongsToContext("src/app.egg-info/PKG-INFO")).toBe(false);
  });
});

describe("the host's package settings", () => {
  test("are its Debian mirrors, Debian's own where it has none", () => {
    const targets = [
      "https://mirror.example/debian/ Debian Debian",
      "https://mirror.example/debian/ Debian Debian",
      "https://other.example/apt/ Other Debian",
      "https://mirror.example/security/ Debian Debian-Security",
    ];
    expect(parseMirrors(targets.join("\n"))).toEqual({
      main: "https://mirror.example/debian",
      security: "https://mirror.example/security",
    });
    expect(parseMirrors("http://archive.example/ubuntu/ Ubuntu Ubuntu\n")).toEqual(DEBIAN_MIRRORS);
  });

  test("become sources of the images' release", () => {
    expect(debianSources({ main: "http://m.example/d", security: "http://m.example/s" })).toContain(
      "URIs: http://m.example/s\nSuites: bookworm-security\nComponents: main\n",
    );
  });

  test("are its proxies, and its authorities only for encrypted mirrors", () => {
    const proxies = proxyLines('Acquire::Retries "3";\nAcquire::http::Proxy "http://p.example:3128";\n');
    expect(proxies).toBe('Acquire::http::Proxy "http://p.example:3128";\n');
    expect(aptConfiguration("", DEBIAN_MIRRORS, "/ca.crt")).toBe("");
    expect(aptConfiguration(proxies, { ...DEBIAN_MIRRORS, main: "https://m.example" }, "/ca.crt")).toBe(
      `${proxies}Acquire::https::CaInfo "/ca.crt";\n`,
    );
  });

  test("are pip's network options, variables over files, without the host's paths", () => {
    const options = parsePipConfig(
      [
        ":env:.find-links='/opt/wheels https://wheels.example/simple'",
        ":env:.timeout='180'",
        "global.cert='/etc/ssl/host.pem'",
        "global.index-url='https://index.example/simple'",
        "global.timeout='15'",
        "install.user='true'",
      ].join("\n"),
    );
    expect(pipConfiguration(options, "/media/ca.crt")).toBe(
      [
        "[global]",
        "find-links = https://wheels.example/simple",
        "index-url = https://index.example/simple",
        "timeout = 180",
        "cert = /media/ca.crt",
        "",
      ].join("\n"),
    );
    expect(pipConfiguration(new Map(), undefined)).toBe("[global]\n");
  });
});
