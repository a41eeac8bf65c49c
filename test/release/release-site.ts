import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { RELEASED_NAMES } from "../../pipeline/release/built-images.ts";
import { type ReleaseInput, release } from "../../pipeline/release/release.ts";
import type { ReleaseSettings } from "../../pipeline/release/settings.ts";
import { AUTHOR, cloneCheckout } from "../e2e/pipeline/checkout-clone.ts";
import { ensureImages } from "../farm/images/ensure.ts";
import { ensureTools } from "../farm/tools/ensure.ts";
import { silentReporter } from "../farm/tools/reporter.ts";
import { type RegistryOptions, RegistryServer } from "./registry-server.ts";

/** A checkout, a registry and a key: all that a release takes. */
export class ReleaseSite {
  readonly evidence: string;
  /** What a release said, a line each. */
  readonly said: string[] = [];

  private constructor(
    readonly folder: string,
    readonly checkout: string,
    readonly registry: RegistryServer,
  ) {
    this.evidence = join(folder, "evidence");
  }

  /** @param at Where the registry listens. @default - on loopback */
  static async open(at: Pick<RegistryOptions, "address" | "port"> = {}): Promise<ReleaseSite> {
    const folder = mkdtempSync(join(tmpdir(), "nightlane-release-test-"));
    const tools = await ensureTools(["crane", "syft", "cosign", "registry"], silentReporter);
    const checkout = join(folder, "checkout");
    cloneCheckout(join(folder, "origin.git"), checkout);
    const registry = await RegistryServer.start({ program: tools.registry, folder: join(folder, "registry"), ...at });
    const site = new ReleaseSite(folder, checkout, registry);
    Object.assign(process.env, AUTHOR, {
      PATH: [...Object.values(tools).map((tool) => dirname(tool)), process.env.PATH].join(delimiter),
      DOCKER_CONFIG: registry.credentials(join(folder, "credentials")),
      COSIGN_PASSWORD: "of the test's own key",
    });
    mkdirSync(join(folder, "key"));
    execFileSync("cosign", ["generate-key-pair"], { cwd: join(folder, "key"), stdio: "ignore" });
    return site;
  }

  async close(): Promise<void> {
    await this.registry.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  settings(version: string, path = "nightlane"): ReleaseSettings {
    const key = join(this.folder, "key", "cosign.key");
    return { registry: `${this.registry.host}/${path}`, version, key, argo: "source" };
  }

  /** Releases what was built; `more` replaces parts of what it is given. */
  async release(settings: ReleaseSettings, built: string, more: Partial<ReleaseInput> = {}) {
    const say = (line: string): void => {
      this.said.push(line);
    };
    return release(settings, { root: this.checkout, built, evidence: this.evidence, date: "2026-03-27", say, ...more });
  }

  git(...args: readonly string[]): string {
    return execFileSync("git", args, { cwd: this.checkout, encoding: "utf8" }).trim();
  }

  crane(...args: readonly string[]): string {
    return execFileSync("crane", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
  }

  read(path: string): string {
    return readFileSync(join(this.checkout, path), "utf8");
  }
}

/** One small image under every name: enough for what can go wrong on the way to a registry. */
export async function smallBuild(): Promise<string> {
  const { pause } = await ensureImages(["pause"], silentReporter);
  return JSON.stringify(Object.fromEntries(RELEASED_NAMES.map((name) => [name, pause])));
}

/** What is released: all images, as the farm runs them. */
export async function wholeBuild(): Promise<string> {
  return JSON.stringify(await ensureImages(RELEASED_NAMES, silentReporter));
}
