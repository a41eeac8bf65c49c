import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EXAMPLE_SUBJECT } from "../constructs/checks/still-to-replace.ts";
import { mistake } from "../constructs/definition/problem.ts";

/** Long enough for a file that waits for its customer, short enough to show if it is never replaced. */
const VALID_DAYS = 365;

/**
 * A certificate authority that signs nothing, in PEM: a new customer's file loads and passes its tests before the
 * customer has sent its own. The key is never kept.
 * @throws UserError where openssl is missing.
 */
export function exampleCa(customer: string): string {
  const folder = mkdtempSync(join(tmpdir(), "nightlane-ca-"));
  try {
    const config = join(folder, "openssl.cnf");
    // Without this file openssl would add the machine's default extensions.
    writeFileSync(config, "[req]\ndistinguished_name = subject\n[subject]\n");
    return execFileSync(
      "openssl",
      [
        ...["req", "-x509", "-config", config, "-days", String(VALID_DAYS)],
        ...["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", join(folder, "key")],
        ...["-subj", `/O=${EXAMPLE_SUBJECT}/CN=${customer} example CA`],
        ...["-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign"],
      ],
      { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] },
    );
  } catch (error) {
    throw mistake(
      `--ca: received nothing, and no example could be made: ${error instanceof Error ? error.message : String(error)}`,
      "a cluster's API server is identified by its certificate authority",
      "name the customer's with --ca FILE, or install openssl for an example",
      { cause: error },
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
