/** One file of a project's release, at the project's own address. */
export interface ReleaseFile {
  /** Address of the file: a program, a program with `.gz` after its name, or a `.tar.gz`. */
  readonly url: string;
  /** Address of the checksums that the project publishes: one SHA-256, or lines of SHA-256 and file name. */
  readonly checksums: string;
  /** Path of the program in a `.tar.gz`. @default - the file is the program */
  readonly member?: string;
}

/** A program in an image of a project's release, at the project's own registry. */
export interface ReleasedImage {
  /** The image by tag, e.g. `quay.io/argoproj/argoexec:v4.0.5`. */
  readonly image: string;
  /** Path of the program in the image. */
  readonly member: string;
  /** Path of a folder in the image without which the program lacks something. It is put beside it. @default none */
  readonly folder?: string;
}

/** Where a project has a program built already. */
export type Release = ReleaseFile | ReleasedImage;

/** How a release is named to people. */
export function releaseName(release: Release): string {
  return "image" in release ? release.image : release.url;
}

/** The processors for which projects release: Go's names. */
export type Architecture = "amd64" | "arm64";

/** This machine's processor, or undefined where nothing is downloaded. */
export function architecture(): Architecture | undefined {
  if (process.platform !== "linux") {
    return undefined;
  }
  return ({ x64: "amd64", arm64: "arm64" } as const)[process.arch as "x64" | "arm64"];
}

/** A file of a release on GitHub. */
export function gitHubRelease(project: string, version: string, file: string): string {
  return `https://github.com/${project}/releases/download/v${version}/${file}`;
}
