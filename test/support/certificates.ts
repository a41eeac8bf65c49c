import { readFileSync } from "node:fs";

/**
 * Certificates made once with OpenSSL; the keys were not kept.
 * - `valid`, `other`: authorities, 2020 to 2120
 * - `expired`: an authority that ended on 2021-01-01
 * - `future`: an authority that begins on 2119-01-01
 * - `server`: valid, but not an authority
 */
export type CertificateName = "valid" | "other" | "expired" | "future" | "server";

/** A certificate in PEM. */
export function certificate(name: CertificateName): string {
  return readFileSync(new URL(`./certificates/${name}.pem`, import.meta.url), "utf8");
}
