import type { X509Certificate } from "node:crypto";
import { parse } from "yaml";
import { CREDENTIAL_PARTS, type CredentialPart } from "../../runs/credential-ends.ts";
import { parseCertificates } from "../definition/parse-certificates.ts";

const DAY = 24 * 3600_000;

/** A credential that ends sooner is refused: it would end before anybody has read the first warning. */
const FEWEST_DAYS = 3;

/** A deployment warns about a credential that ends sooner. */
const FEW_DAYS = 14;

/** What docs/deploy.md requests from the customer's API server; it may grant less. */
const ASKED_DAYS = 365;

/** When a part of a credential ends. Times in milliseconds. */
export interface CredentialEnd {
  readonly part: CredentialPart;
  readonly end: number;
  /** When it was issued, where that is known. */
  readonly issued?: number;
}

/** Parts of a kubeconfig that a problem can name. */
const PLACES: Readonly<Record<CredentialPart, string>> = {
  token: "users[0].user.token",
  certificate: "users[0].user.client-certificate-data",
  authority: "clusters[0].cluster.certificate-authority-data",
};

interface Kubeconfig {
  readonly clusters: readonly [{ readonly cluster: { readonly "certificate-authority-data": string } }];
  readonly users: readonly [
    { readonly user: { readonly token?: string; readonly "client-certificate-data"?: string } },
  ];
}

/** Reads when the parts of a credential end. @param kubeconfig One without other faults */
export function kubeconfigEnds(kubeconfig: string): readonly CredentialEnd[] {
  const { clusters, users } = parse(kubeconfig) as Kubeconfig;
  const { token, "client-certificate-data": certificate } = users[0].user;
  return [
    ...tokenEnd(token ?? ""),
    ...(certificate === undefined ? [] : certificateEnd("certificate", certificate)),
    ...certificateEnd("authority", clusters[0].cluster["certificate-authority-data"]),
  ];
}

/** An end that is too near for a deployment: what it is, and where. */
export interface NearEnd {
  readonly place: string;
  readonly received: string;
  readonly rule: string;
}

/** The ends that forbid a deployment. @param now Milliseconds. */
export function nearEnds(ends: readonly CredentialEnd[], now: number): readonly NearEnd[] {
  return ends
    .filter(({ end }) => end - now < FEWEST_DAYS * DAY)
    .map(({ part, end }) => ({
      place: PLACES[part],
      received: `a ${CREDENTIAL_PARTS[part]} that ${end < now ? "ended" : "ends"} on ${day(end)}`,
      rule: `one that is valid for at least ${FEWEST_DAYS} days`,
    }));
}

/** What a deployment reports about an end, and whether that is a warning. @param now Milliseconds. */
export function endText(
  { part, end, issued }: CredentialEnd,
  now: number,
): { readonly text: string; readonly warning: boolean } {
  const left = Math.floor((end - now) / DAY);
  const granted = issued === undefined ? undefined : Math.round((end - issued) / DAY);
  const less = part === "token" && granted !== undefined && granted < ASKED_DAYS;
  const asked = granted === undefined ? "" : `, asked for ${ASKED_DAYS} days${less ? `, granted ${granted}` : ""}`;
  return {
    text: `the ${CREDENTIAL_PARTS[part]} ends on ${day(end)} (in ${left} days${asked})`,
    warning: less || left < FEW_DAYS,
  };
}

/** The claims of a JSON web token; the end of any other kind of token cannot be read. */
function tokenEnd(token: string): readonly CredentialEnd[] {
  const [, payload, signature] = token.split(".");
  if (payload === undefined || signature === undefined) {
    return [];
  }
  try {
    const claims: { readonly exp?: unknown; readonly iat?: unknown } = JSON.parse(
      Buffer.from(payload, "base64url").toString(),
    );
    if (typeof claims.exp !== "number") {
      return [];
    }
    const issued = typeof claims.iat === "number" ? { issued: claims.iat * 1000 } : {};
    return [{ part: "token", end: claims.exp * 1000, ...issued }];
  } catch {
    // A token with two dots that is not a JSON web token.
    return [];
  }
}

/** The end of a part; of two certificates, as during the renewal of an authority, the later one counts. */
function certificateEnd(part: CredentialPart, data: string): readonly CredentialEnd[] {
  const certificates = parseCertificates(Buffer.from(data, "base64").toString()) ?? [];
  const ends = certificates.map((certificate: X509Certificate) => certificate.validToDate.getTime());
  return ends.length === 0 ? [] : [{ part, end: Math.max(...ends) }];
}

function day(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
