import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { GitlabFile, PulumiSecret } from "../../constructs/definition/credential-reference.ts";
import type { CustomerDefinition } from "../../constructs/definition/customer-definition.ts";
import type { CanaryTrial } from "./estate.ts";

/** Calls in a customer's file that refer to a credential by a literal name. */
const REFERENCE = /\b(gitlabFile|pulumiSecret)\(\s*(["'`])([\w-]+)\2/g;

/**
 * Plants a value that exists nowhere else wherever customers' credentials come from, for as long as everything is
 * rendered: in the variables, in the files they name and in those files' paths, and in the stack's configuration.
 */
export class Canary {
  /** What all planted values have in common. Letters and digits only, so that no notation has to escape it. */
  readonly stem = `Canary${randomBytes(12).toString("hex")}`;

  private readonly folder = mkdtempSync(join(tmpdir(), "nightlane-canary-"));
  private readonly before = new Map<string, string | undefined>();
  private readonly configuration: Record<string, string> = {};
  private readonly planted: { customer: string; credential: string; value: string }[] = [];

  /** Plants for the references that a customer's file spells out, so that they hold while the file is loaded too. */
  plantForSource(source: string): void {
    for (const [, kind, , name = ""] of source.matchAll(REFERENCE)) {
      this.plant(kind === "gitlabFile" ? { kind, variable: name } : { kind: "pulumiSecret", key: name });
    }
  }

  /** Plants for every credential of a definition. */
  plantFor(definition: CustomerDefinition): void {
    for (const [credential, reference] of Object.entries(definition.credentials)) {
      if (reference.kind === "federated") {
        continue;
      }
      this.planted.push({ customer: definition.name, credential, value: this.plant(reference) });
    }
  }

  /** What was planted, with what was rendered in the meantime. */
  trial(rendered: CanaryTrial["rendered"]): CanaryTrial {
    return { stem: this.stem, planted: [...this.planted], rendered };
  }

  /** Takes everything back. */
  remove(): void {
    for (const [variable, value] of this.before) {
      if (value === undefined) {
        delete process.env[variable];
      } else {
        process.env[variable] = value;
      }
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  private plant(reference: GitlabFile | PulumiSecret): string {
    if (reference.kind === "gitlabFile") {
      const value = `${this.stem}${reference.variable.replaceAll("_", "")}`;
      if (this.before.has(reference.variable)) {
        return value;
      }
      const folder = join(this.folder, this.stem);
      mkdirSync(folder, { recursive: true });
      const file = join(folder, reference.variable);
      writeFileSync(file, value, { mode: 0o600 });
      this.set(reference.variable, file);
      return value;
    }
    const value = `${this.stem}${reference.key.replace(/[^A-Za-z0-9]/g, "")}`;
    this.configuration[`nightlane:${reference.key}`] = value;
    this.set("PULUMI_CONFIG", JSON.stringify(this.configuration));
    this.set("PULUMI_CONFIG_SECRET_KEYS", JSON.stringify(Object.keys(this.configuration)));
    return value;
  }

  private set(variable: string, value: string): void {
    if (!this.before.has(variable)) {
      this.before.set(variable, process.env[variable]);
    }
    process.env[variable] = value;
  }
}
