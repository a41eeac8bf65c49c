import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isByDigest, readImages } from "../../constructs/definition/images.ts";
import { forgottenSince } from "../../pipeline/kept-images.ts";
import { RELEASED, RELEASED_NAMES } from "../../pipeline/release/built-images.ts";
import versions from "../../versions.json" with { type: "json" };
import { ensureImages } from "../farm/images/ensure.ts";
import { silentReporter } from "../farm/tools/reporter.ts";
import { ReleaseSite, smallBuild, wholeBuild } from "./release-site.ts";

/** Releases into a real registry. Each test goes on where the one before it ended. */
let site: ReleaseSite;
let before = "";

beforeAll(async () => {
  site = await ReleaseSite.open();
  before = site.git("rev-parse", "HEAD");
});
afterAll(() => site?.close());

/** Nothing in the checkout tells that a release was tried. */
function expectUntouched(commit: string): void {
  expect(site.git("status", "--porcelain")).toBe("");
  expect(site.git("rev-parse", "HEAD")).toBe(commit);
}

describe("a release that goes wrong", () => {
  test("with a password that is not the right one, is refused with what to do", async () => {
    const right = process.env.DOCKER_CONFIG;
    process.env.DOCKER_CONFIG = site.registry.credentials(join(site.folder, "wrong"), "not-the-password");
    const refused = site.release(site.settings("1.0.0"), await smallBuild()).finally(() => {
      process.env.DOCKER_CONFIG = right;
    });
    await expect(refused).rejects.toThrow(
      [
        `REGISTRY: received "${site.registry.host}/nightlane", which refuses these credentials for ${site.registry.host}/nightlane/runner:1.0.0`,
        "    rule: a release needs to pull and push there",
        `    fix: crane auth login ${site.registry.host} --username <name> --password-stdin`,
      ].join("\n"),
    );
    await expect(refused).rejects.not.toThrow(/not-the-password/);
    expectUntouched(before);
  });

  test("because the registry goes away in the middle, leaves images.json and the tags as they were", async () => {
    const say = (line: string): void => {
      if (line.startsWith("pushed") && line.includes("/nightwatch@")) {
        void site.registry.kill();
      }
    };
    const broken = site.release(site.settings("1.0.0", "tries"), await smallBuild(), { say });
    await expect(broken).rejects.toThrow("fix: check the lines above, then run the same command again");
    expectUntouched(before);
    expect(site.git("tag")).toBe("");
  });

  test("is gone on with by the same command, once the registry is back", async () => {
    await site.registry.start();
    const small = site.settings("1.0.0", "tries");
    const [first, again] = [await site.release(small, await smallBuild()), site.git("rev-parse", "HEAD")];
    expect(first.runner).toMatch(new RegExp(`^${site.registry.host}/tries/runner@sha256:[0-9a-f]{64}$`));
    site.git("tag", "--delete", "v1.0.0");
    site.git("reset", "--quiet", "--hard", before);
    expect(await site.release(small, await smallBuild())).toEqual(first);
    expect(again).not.toBe(before);
    site.git("tag", "--delete", "v1.0.0");
    site.git("reset", "--quiet", "--hard", before);
  });

  test("with another image under a version that the registry holds, is refused", async () => {
    const { argoExecutor: nightwatch } = await ensureImages(["argoExecutor"], silentReporter);
    const built = { ...JSON.parse(await smallBuild()), nightwatch };
    const refused = site.release(site.settings("1.0.0", "tries"), JSON.stringify(built));
    await expect(refused).rejects.toThrow("rule: a version never changes once it is in a registry");
    expectUntouched(before);
  });

  test("of what is not committed, or of a version that is tagged, is refused", async () => {
    writeFileSync(join(site.checkout, "runner", "new.py"), "");
    await expect(site.release(site.settings("1.0.0"), "{}")).rejects.toThrow("?? runner/new.py");
    site.git("clean", "--quiet", "--force", "runner");
    site.git("tag", "v1.0.0");
    await expect(site.release(site.settings("1.0.0"), "{}")).rejects.toThrow("rule: a version is released once");
    site.git("tag", "--delete", "v1.0.0");
  });
});

describe("a release", () => {
  test("brings every image into the registry, where it can be had by the digest in images.json", async () => {
    const built: Readonly<Record<string, { readonly digest: string }>> = JSON.parse(await wholeBuild());
    const references = await site.release(site.settings("1.0.0"), JSON.stringify(built));
    const { ci, ...images } = references;
    expect(readImages(join(site.checkout, "images.json"))).toEqual(images);
    expect(site.read(".gitlab-ci.yml")).toContain(`\n  image: ${ci}\n`);
    for (const name of RELEASED_NAMES) {
      expect(isByDigest(references[name])).toBe(true);
      expect(references[name]).toBe(`${site.registry.host}/nightlane/${RELEASED[name]}@${built[name]?.digest}`);
      expect(site.crane("digest", references[name])).toBe(built[name]?.digest);
      expect(site.crane("digest", `${site.registry.host}/nightlane/${RELEASED[name]}:1.0.0`)).toBe(built[name]?.digest);
    }
  });

  test("says what lies in each, and signs both: what is signed by somebody else is refused", () => {
    const images = JSON.parse(site.read("images.json"));
    const known = (file: string) => ["--insecure-ignore-tlog=true", "--key", join(site.folder, file)];
    const verify = (verb: string, reference: string, ...options: readonly string[]) =>
      execFileSync("cosign", [verb, ...options, reference], {
        encoding: "utf8",
        maxBuffer: 2 ** 27,
        stdio: ["ignore", "pipe", "pipe"],
      });
    expect(verify("verify", images.runner, ...known("evidence/cosign.pub"))).toContain(images.runner.split("@")[1]);
    const [line = ""] = verify(
      "verify-attestation",
      images.runner,
      ...known("evidence/cosign.pub"),
      "--type",
      "cyclonedx",
    ).split("\n");
    const { payload }: { payload: string } = JSON.parse(line);
    const { predicate } = JSON.parse(Buffer.from(payload, "base64").toString());
    const names = predicate.components.map((component: { readonly name: string }) => component.name);
    expect(names).toEqual(expect.arrayContaining(["libc6", "python3", "urllib3", "k8s.io/kubectl"]));
    execFileSync("cosign", ["generate-key-pair", "--output-key-prefix", "other"], {
      cwd: site.folder,
      stdio: "ignore",
    });
    expect(() => verify("verify", images.runner, ...known("other.pub"))).toThrow("invalid signature");
    for (const name of RELEASED_NAMES) {
      const bill = JSON.parse(readFileSync(join(site.evidence, `${name}.cdx.json`), "utf8"));
      expect(bill, name).toMatchObject({ bomFormat: "CycloneDX", metadata: { component: { name } } });
      expect(bill.components.length, name).toBeGreaterThan(0);
    }
  });

  test("is a commit with its tag, whose notes tell images and commits; nights that run are not forgotten", () => {
    expect(site.git("status", "--porcelain")).toBe("");
    expect(site.git("log", "--format=%s", "-1")).toBe("Release 1.0.0");
    expect(site.git("rev-parse", "v1.0.0^{commit}")).toBe(site.git("rev-parse", "HEAD"));
    expect(forgottenSince("HEAD~1", site.checkout)).toEqual([]);
    const notes = site.git("tag", "--list", "--format=%(contents)", "v1.0.0");
    expect(notes).toContain("## 1.0.0 (2026-03-27)\n\nThe first release.");
    expect(notes).toContain(`- runner: \`${JSON.parse(site.read("images.json")).runner}\``);
    expect(notes).toContain(`**Not for production:** Argo ${versions.argoWorkflows.farm} is below`);
    expect(site.read("CHANGELOG.md")).toBe(`# Releases\n\n${notes}\n`);
  });

  test("passes what its merge request is checked by", () => {
    for (const check of [
      ["biome", "check", "--error-on-warnings", "."],
      ["tsx", "pipeline/isolation-cli.ts"],
      ["vitest", "run", "--project", "unit", "--update=none", "--reporter=dot"],
    ]) {
      const [program = "", ...args] = check;
      execFileSync(join(site.checkout, "node_modules/.bin", program), args, { cwd: site.checkout, stdio: "inherit" });
    }
    expect(site.git("status", "--porcelain")).toBe("");
  });

  test("keeps the images of the one before, and takes Argo's own where they can be had", async () => {
    const first = JSON.parse(site.read("images.json"));
    writeFileSync(join(site.checkout, "docs", "new.md"), "# New\n");
    site.git("add", "docs");
    site.git("commit", "--quiet", "--message", "Say something new");
    const argo = versions.argoWorkflows.productionFloor;
    for (const [name, image] of [
      ["workflow-controller", first.argoController],
      ["argoexec", first.nightwatch],
    ]) {
      site.crane("copy", image, `${site.registry.host}/argoproj/${name}:v${argo}`);
    }
    const settings = { ...site.settings("1.1.0"), argo: "upstream" as const };
    const second = await site.release(settings, await smallBuild(), { argoUpstream: `${site.registry.host}/argoproj` });
    expect(second.argoExecutor).toBe(`${site.registry.host}/nightlane/argoexec@${first.nightwatch.split("@")[1]}`);
    const earlier = JSON.parse(site.read("constructs/platform/admission/earlier-images.json"));
    expect(earlier).toMatchObject({
      runner: [first.runner, expect.anything()],
      executor: [first.argoExecutor, expect.anything()],
    });
    const notes = site.git("tag", "--list", "--format=%(contents)", "v1.1.0");
    expect(notes).toContain("1 change since 1.0.0.\n\n### Documents, tests and tools\n\n- Say something new");
    expect(notes).toContain(`- Argo Workflows ${argo}`);
    expect(notes).not.toContain("Not for production");
    expect(site.read("CHANGELOG.md")).toMatch(/^# Releases\n\n## 1\.1\.0 [\s\S]+\n\n## 1\.0\.0 /);
  });

  test("says what to do where Argo's own images cannot be had", async () => {
    const settings = { ...site.settings("1.2.0"), argo: "upstream" as const };
    const refused = site.release(settings, await smallBuild(), { argoUpstream: `${site.registry.host}/nobody` });
    await expect(refused).rejects.toThrow(
      /not available\n[\s\S]+fix: name a mirror of quay.io\/argoproj in ARGO_UPSTREAM/,
    );
    expect(existsSync(join(site.checkout, "images.json.new"))).toBe(false);
    expectUntouched(site.git("rev-parse", "v1.1.0^{commit}"));
  });
});
