import { generateKeyPairSync } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "./run.ts";

/** A certificate with its key. */
export interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
}

/** Who a certificate is for. */
export interface CertificateRequest {
  /** User, or server, as Kubernetes sees it. */
  readonly commonName: string;
  /** Group of the user. @default - none */
  readonly organization?: string;
  /**
   * Names and addresses of a server, for example "IP:10.64.0.10" or "DNS:k8s.example".
   * @default - a client's certificate
   */
  readonly serverNames?: readonly string[];
}

/** Certificates of one cluster, made on demand and kept. */
export class Pki {
  private constructor(private readonly folder: string) {}

  /** Opens the folder, and makes its certificate authority if there is none. */
  static async open(folder: string, name: string): Promise<Pki> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // Without this file openssl would add the machine's default extensions.
    await writeFile(join(folder, "openssl.cnf"), "[req]\ndistinguished_name = subject\n[subject]\n");
    const pki = new Pki(folder);
    await pki.once("ca", [
      ...["-subj", `/CN=${name}`, "-addext", "basicConstraints=critical,CA:TRUE"],
      ...["-addext", "keyUsage=critical,keyCertSign,cRLSign", "-addext", "subjectKeyIdentifier=hash"],
    ]);
    await pki.serviceAccountKey();
    return pki;
  }

  /** Certificate of the authority. */
  get authority(): string {
    return join(this.folder, "ca.pem");
  }

  /** Keys that service account tokens are signed and checked with. */
  get serviceAccounts(): { readonly privateKey: string; readonly publicKey: string } {
    return {
      privateKey: join(this.folder, "service-accounts.key"),
      publicKey: join(this.folder, "service-accounts.pub"),
    };
  }

  /** A certificate by file name; made at the first call. */
  async certificate(name: string, request: CertificateRequest): Promise<CertificateFiles> {
    const group = request.organization === undefined ? "" : `/O=${request.organization}`;
    const names = request.serverNames;
    return this.once(name, [
      ...["-CA", this.authority, "-CAkey", join(this.folder, "ca.key"), "-subj", `${group}/CN=${request.commonName}`],
      ...["-addext", "basicConstraints=critical,CA:FALSE", "-addext", "keyUsage=critical,digitalSignature"],
      ...["-addext", `extendedKeyUsage=${names === undefined ? "clientAuth" : "serverAuth"}`],
      ...(names === undefined ? [] : ["-addext", `subjectAltName=${names.join(",")}`]),
    ]);
  }

  private async once(name: string, args: readonly string[]): Promise<CertificateFiles> {
    const files = { certificate: join(this.folder, `${name}.pem`), key: join(this.folder, `${name}.key`) };
    if (existsSync(files.certificate)) {
      return files;
    }
    const unfinished = `${files.certificate}.new`;
    await rm(unfinished, { force: true });
    await run("openssl", [
      ...["req", "-x509", "-config", join(this.folder, "openssl.cnf"), "-nodes", "-days", "3650"],
      ...["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-keyout", files.key, "-out", unfinished],
      ...args,
    ]);
    await rename(unfinished, files.certificate);
    return files;
  }

  private async serviceAccountKey(): Promise<void> {
    const { privateKey, publicKey } = this.serviceAccounts;
    if (existsSync(publicKey)) {
      return;
    }
    const pair = generateKeyPairSync("ec", {
      namedCurve: "P-256",
      privateKeyEncoding: { type: "sec1", format: "pem" },
      publicKeyEncoding: { type: "spki", format: "pem" },
    });
    await writeFile(privateKey, pair.privateKey, { mode: 0o600 });
    await writeFile(publicKey, pair.publicKey);
  }
}
