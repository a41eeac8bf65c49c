import { isByDigest } from "../definition/images.ts";
import { type Problem, received } from "../definition/problem.ts";

/**
 * Whether an image is given by digest, under a name that Kubernetes accepts; otherwise exactly what is wrong with it.
 */
export function checkImage(property: string, image: string): readonly Problem[] {
  const wrong = faultOf(image);
  return wrong === undefined ? [] : [{ property, received: received(image), rule: wrong[0], fix: wrong[1] }];
}

function faultOf(image: string): readonly [rule: string, fix: string] | undefined {
  const [name = "", digest] = image.split("@");
  const whole = "write <repository>@sha256:<64 hex digits>";
  if (/\s/.test(image)) {
    return ["an image's name without spaces", `remove the space: ${whole.replace("write ", "")}`];
  }
  if (digest !== undefined && !/^sha256:[0-9a-f]{64}$/.test(digest)) {
    const digits = digest.replace(/^sha256:/, "").length;
    return [
      `a complete digest: sha256: and 64 lower-case hex digits, of which this one has ${digits}`,
      "copy it from the registry, for instance with docker buildx imagetools inspect",
    ];
  }
  if (digest === undefined) {
    return [
      /:[\w.-]+$/.test(name)
        ? "an image by digest: its tag may point to another program tomorrow"
        : "an image by digest: without one it may be another program tomorrow",
      whole,
    ];
  }
  return isByDigest(image)
    ? undefined
    : [
        "a repository in lower case, of letters, digits and single dots, dashes and underscores between them, as Kubernetes takes it",
        /[A-Z]/.test(name)
          ? `write for instance ${received(`${name.toLowerCase()}@${digest.slice(0, 12)}...`)}`
          : whole,
      ];
}
