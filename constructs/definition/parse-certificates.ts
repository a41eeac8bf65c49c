import { X509Certificate } from "node:crypto";

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Texts that were parsed before: several checks ask about each, and parsing a certificate is slow. */
const known = new Map<string, readonly X509Certificate[] | undefined>();

/** All certificates of a PEM text (two while an authority is being renewed), or undefined where it is not one. */
export function parseCertificates(pem: string): readonly X509Certificate[] | undefined {
  if (!known.has(pem)) {
    known.set(pem, parse(pem));
  }
  return known.get(pem);
}

function parse(pem: string): readonly X509Certificate[] | undefined {
  const blocks = pem.match(CERTIFICATE);
  if (blocks === null || pem.replaceAll(CERTIFICATE, "").trim() !== "") {
    return undefined;
  }
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch {
    return undefined;
  }
}
