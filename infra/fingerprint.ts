import { createHmac, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { wayOut } from "../constructs/definition/api-server.ts";
import type { CustomerDefinition } from "../constructs/definition/customer-definition.ts";
import { parseCertificates } from "../constructs/definition/parse-certificates.ts";
import { mistake, received, type UserError } from "../constructs/definition/problem.ts";
import { federatedUser } from "../constructs/lane/federation.ts";

/** Environment variable that names the file with the key, the same for every customer's stack. */
const KEY_VARIABLE = "FINGERPRINT_KEY";

/** The key in a stack's configuration, where there is no such variable. */
const KEY_SECRET = "fingerprintKey";

/** With fewer characters the key could be guessed, and with it whether a known credential is in use. */
const KEY_LENGTH = 32;

interface User {
  /** For a federated customer. */
  readonly tokenFile?: string;
  readonly token?: string;
  readonly "client-certificate-data"?: string;
}

/**
 * Keyed hashes of what must not occur twice: the identity at its server and in the cluster of its authority, whatever
 * the address, and the credential itself. Without the key they reveal nothing.
 *
 * @param kubeconfig A kubeconfig that passed `checkKubeconfig`, or that of a federated customer.
 */
export function fingerprints(key: string, definition: CustomerDefinition, kubeconfig: string): readonly string[] {
  const user = (parse(kubeconfig) as { users: readonly [{ user: User }] }).users[0].user;
  const { addresses, port } = wayOut(definition);
  const federated = user.tokenFile === undefined ? undefined : federatedUser(definition.name);
  const digest = (...parts: readonly string[]): string =>
    createHmac("sha256", key).update(JSON.stringify(parts)).digest("hex");
  const identity = federated ?? identityOf(user);
  // One cluster may be reached at several addresses and under several names; its authority is unique.
  const authorities = (parseCertificates(definition.cluster.ca) ?? []).map(({ publicKey }) =>
    digest("authority", publicKey.export({ type: "spki", format: "pem" }).toString(), identity),
  );
  return [
    ...addresses.map((address) => digest("identity", `${address}:${port}`, identity)),
    digest("credential", federated ?? credentialOf(user)),
    ...new Set(authorities),
  ];
}

/** Reads the key. @throws UserError if there is none or it is too short; it never quotes the key */
export async function readFingerprintKey(): Promise<string> {
  const key = readKeyFile() ?? (await readKeySecret());
  const fix = `openssl rand -hex 32 once for all customers; define it as the protected GitLab CI variable ${KEY_VARIABLE} of type File, or with pulumi config set --secret ${KEY_SECRET}`;
  if (key === undefined) {
    throw keyError("nothing", "the key with which each customer's credential is fingerprinted", fix);
  }
  if (key.length < KEY_LENGTH) {
    throw keyError(`${key.length} characters`, `at least ${KEY_LENGTH} characters, so that it cannot be guessed`, fix);
  }
  return key;
}

/**
 * The identity of a kubeconfig's user at its server: the subject of its service account token, or of its certificate.
 */
function identityOf(user: User): string {
  const certificate = user["client-certificate-data"];
  if (certificate !== undefined) {
    return `certificate ${new X509Certificate(Buffer.from(certificate, "base64")).subject}`;
  }
  return `token ${subjectOf(user.token ?? "") ?? user.token}`;
}

/** What proves it: the token, or the certificate's public key. */
function credentialOf(user: User): string {
  const certificate = user["client-certificate-data"];
  if (certificate === undefined) {
    return user.token ?? "";
  }
  const key = new X509Certificate(Buffer.from(certificate, "base64")).publicKey;
  return key.export({ type: "spki", format: "pem" }).toString();
}

/** Issuer and subject of a JSON web token; undefined for any other kind of token. */
function subjectOf(token: string): string | undefined {
  const [, payload, signature] = token.split(".");
  if (payload === undefined || signature === undefined) {
    return undefined;
  }
  try {
    const claims: { readonly iss?: unknown; readonly sub?: unknown } = JSON.parse(
      Buffer.from(payload, "base64url").toString(),
    );
    return typeof claims.sub === "string" ? JSON.stringify([claims.iss, claims.sub]) : undefined;
  } catch {
    // A token with two dots that is not a JSON web token is used as it is.
    return undefined;
  }
}

function readKeyFile(): string | undefined {
  const path = process.env[KEY_VARIABLE];
  if (path === undefined || path === "") {
    return undefined;
  }
  try {
    return readFileSync(path, "utf8").trim();
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? String(error.code) : "unreadable";
    throw keyError(
      `a variable that names no readable file (${reason})`,
      "the variable is of type File: it contains a path",
      `set the type of the GitLab CI variable ${KEY_VARIABLE} to File`,
    );
  }
}

async function readKeySecret(): Promise<string | undefined> {
  const secret = new pulumi.Config().getSecret(KEY_SECRET);
  return secret === undefined ? undefined : await new Promise<string>((resolve) => void secret.apply(resolve));
}

function keyError(shown: string, rule: string, fix: string): UserError {
  return mistake(`stack ${received(pulumi.getStack())}: ${KEY_VARIABLE}: received ${shown}`, rule, fix);
}
