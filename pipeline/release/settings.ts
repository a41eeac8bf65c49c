import { statSync } from "node:fs";
import { type Problem, ProblemsError, received } from "../../constructs/definition/problem.ts";

/** Where Argo's images come from: the project's own, or those that farms are built with. */
export type ArgoFrom = "upstream" | "source";

/** A person's settings for a release. */
export interface ReleaseSettings {
  /** Where the images go: `<host>[:<port>]/<path>`; each is `<registry>/<name>`. */
  readonly registry: string;
  /** `1.4.0`; images are tagged with it, the commit is tagged `v1.4.0`. */
  readonly version: string;
  /** The private signing key: a file, or the address of one in a key management service. */
  readonly key: string;
  readonly argo: ArgoFrom;
}

const REGISTRY =
  /^(localhost|[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*)(:\d{1,5})?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)+$/;
const VERSION = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9a-z.-]+)?$/;

/** Reads the settings of a release. @throws ProblemsError with everything wrong */
export function readSettings(given: Readonly<Record<string, string | undefined>>): ReleaseSettings {
  const { REGISTRY: registry = "", VERSION: version = "", COSIGN_KEY: key = "", ARGO: argo = "upstream" } = given;
  const problems: readonly (Problem | undefined)[] = [
    problem(REGISTRY.test(registry), "REGISTRY", registry, {
      rule: "host and path of a registry, without scheme, tag and credential, since it is part of the image names in pods",
      fix: "make release REGISTRY=registry.bank.example/nightlane VERSION=1.4.0",
    }),
    problem(VERSION.test(version), "VERSION", version, {
      rule: "three numbers, as in 1.4.0 or 1.4.0-rc.1; without a leading v, which only the tag of the commit has",
      fix: "make release REGISTRY=registry.bank.example/nightlane VERSION=1.4.0",
    }),
    problem(isKey(key), "COSIGN_KEY", key, {
      rule: "the private key that signs every image: a file, or one in a key management service (awskms://, hashivault://, ...)",
      fix: "cosign generate-key-pair, then export COSIGN_KEY=<folder>/cosign.key and COSIGN_PASSWORD",
    }),
    problem(isKey(key) === false || key.includes("://") || given.COSIGN_PASSWORD !== undefined, "COSIGN_PASSWORD", "", {
      rule: "the password of the key in COSIGN_KEY; set, but empty, if it has none",
      fix: "export COSIGN_PASSWORD, from your store of secrets",
    }),
    problem(argo === "upstream" || argo === "source", "ARGO", argo, {
      rule: "upstream: the images of Argo's own release; source: those that the farm builds, where the former are not available",
      fix: "leave it out, or write ARGO=source",
    }),
  ];
  const found = problems.filter((each) => each !== undefined);
  if (found.length > 0) {
    throw new ProblemsError("make release", found);
  }
  return { registry, version, key, argo: argo === "source" ? "source" : "upstream" };
}

function isKey(key: string): boolean {
  return (
    /^(awskms|azurekms|gcpkms|hashivault):\/\/\S+$/.test(key) ||
    statSync(key, { throwIfNoEntry: false })?.isFile() === true
  );
}

function problem(
  holds: boolean,
  property: string,
  value: string,
  words: Pick<Problem, "rule" | "fix">,
): Problem | undefined {
  return holds ? undefined : { property, received: value === "" ? "nothing" : received(value), ...words };
}
