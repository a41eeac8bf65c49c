import { mistake, received, UserError } from "../../constructs/definition/problem.ts";
import { type LocalImage, RELEASED, type ReleasedName } from "./built-images.ts";
import { lastWords, run, type Said } from "./tool.ts";

/** Where an image of a release is, by digest: `<registry>/<name>@sha256:...`. */
export type References = Readonly<Record<ReleasedName, string>>;

/**
 * A registry of OCI images, through crane, which reads the credentials that `crane auth login` or docker has stored.
 */
export class Registry {
  constructor(
    /** `<host>[:<port>]/<path>` */
    readonly address: string,
    readonly version: string,
  ) {}

  /** @throws UserError if the registry cannot be reached, or refuses the credentials */
  async mustAnswer(): Promise<void> {
    await this.digestOf(this.tag("runner"));
  }

  /**
   * Whether a release of this version may be pushed: the registry answers, accepts the credentials, and has no other
   * image under the tag. An interrupted push has left the same image, which is not a problem.
   */
  async mayTake(image: LocalImage): Promise<void> {
    const held = await this.digestOf(this.tag(image.name));
    if (held !== undefined && held !== image.digest) {
      this.refuse(image.name, held, image.digest);
    }
  }

  /** Pushes an image and verifies that it arrived unchanged. */
  async push(image: LocalImage): Promise<string> {
    const tag = this.tag(image.name);
    this.expect(await run("crane", ["push", image.layout, tag]), tag);
    return this.verified(image.name, image.digest);
  }

  /** Copies an image, for all its processors, from another registry. */
  async copy(name: ReleasedName, from: string, digest: string): Promise<string> {
    const tag = this.tag(name);
    const held = await this.digestOf(tag);
    if (held !== undefined && held !== digest) {
      this.refuse(name, held, digest);
    }
    this.expect(await run("crane", ["copy", `${from.replace(/:[^:/]+$/, "")}@${digest}`, tag]), tag);
    return this.verified(name, digest);
  }

  /** Fetches by digest what a deployment will get; for an image for several processors, the one for amd64. */
  async fetch(reference: string, layout: string): Promise<void> {
    const platform = ["--platform", "linux/amd64"];
    this.expect(await run("crane", ["pull", ...platform, "--format", "oci", reference, layout]), reference);
  }

  private async verified(name: ReleasedName, digest: string): Promise<string> {
    const held = await this.digestOf(this.tag(name));
    if (held !== digest) {
      throw new UserError(`${this.tag(name)}: holds ${held ?? "nothing"} after the push of ${digest}`);
    }
    return `${this.address}/${RELEASED[name]}@${digest}`;
  }

  /** The digest under a tag, or undefined if the registry knows no such image. */
  async digestOf(reference: string): Promise<string | undefined> {
    const said = await run("crane", ["digest", reference]);
    if (said.code !== 0 && isUnknown(said.stderr)) {
      return undefined;
    }
    this.expect(said, reference);
    return said.stdout.trim();
  }

  private tag(name: ReleasedName): string {
    return `${this.address}/${RELEASED[name]}:${this.version}`;
  }

  private refuse(name: ReleasedName, held: string, digest: string): never {
    throw mistake(
      `${this.tag(name)}: received ${digest}, holds ${held}`,
      "a version never changes once it is in a registry",
      "release it as the next VERSION",
    );
  }

  private expect(said: Said, reference: string): void {
    if (said.code === 0) {
      return;
    }
    const host = this.address.split("/", 1)[0] ?? "";
    if (/UNAUTHORIZED|DENIED|\b40[13]\b/.test(said.stderr)) {
      throw mistake(
        `REGISTRY: received ${received(this.address)}, which refuses these credentials for ${reference}`,
        "a release needs to pull and push there",
        `crane auth login ${host} --username <name> --password-stdin`,
      );
    }
    throw mistake(
      `REGISTRY: received ${received(this.address)}, which failed for ${reference}\n${lastWords(said)}`,
      "a registry of OCI images that is reachable from here",
      "check the lines above, then run the same command again: images that are already there are not pushed again",
    );
  }
}

/**
 * Whether a registry has answered that it has no such image, by what crane says of it. A server that lacks the path of
 * all registries is none.
 */
export function isUnknown(words: string): boolean {
  return /MANIFEST_UNKNOWN|NAME_UNKNOWN/.test(words) || (/404 Not Found/.test(words) && !/\/v2\/:/.test(words));
}
