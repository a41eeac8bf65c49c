import { mistake } from "../../../../constructs/definition/problem.ts";

/** Where releases are downloaded from. */
export type DownloadSource = { readonly kind: "projects" } | { readonly kind: "off" } | Mirror;

interface Mirror {
  readonly kind: "mirror";
  /** Without a slash at its end. */
  readonly address: string;
}

/** Names another source: an address that holds each project's files below the name of its host, or `off`. */
export const DOWNLOADS = "NIGHTLANE_DOWNLOADS";

/**
 * Reads where downloads come from.
 *
 * @returns the projects' own servers if nothing else is set
 * @throws UserError if the address is not an https one (http only on this machine), or has more than host and path
 */
export function downloadSource(environment: NodeJS.ProcessEnv = process.env): DownloadSource {
  const said = environment[DOWNLOADS] ?? "";
  if (said === "") {
    return { kind: "projects" };
  }
  if (said === "off") {
    return { kind: "off" };
  }
  const url = URL.canParse(said) ? new URL(said) : undefined;
  if (url === undefined || !isTrusted(url) || url.username !== "" || url.search !== "" || url.hash !== "") {
    throw mistake(
      `${DOWNLOADS}: received ${JSON.stringify(url === undefined ? said : `${url.protocol}//${url.host}`)}`,
      "off, or the https address of a mirror, without user, query and fragment (http on this machine only)",
      `export ${DOWNLOADS}=https://mirror.bank.example/releases, where https://dl.k8s.io/release/... lies below dl.k8s.io/release/...`,
    );
  }
  return { kind: "mirror", address: url.href.replace(/\/+$/, "") };
}

/** Where the file with the project's address `url` is to be had. */
export function downloadAddress(url: string, source: DownloadSource): string {
  return source.kind === "mirror" ? `${source.address}/${url.replace("https://", "")}` : url;
}

/** Whether what comes from there arrives unchanged: over https, or from this machine. */
export function isTrusted(url: URL): boolean {
  return url.protocol === "https:" || (url.protocol === "http:" && ["127.0.0.1", "localhost"].includes(url.hostname));
}
