import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { mistake, received } from "../../constructs/definition/problem.ts";
import type { ScanFinding } from "./finding.ts";

/** A finding that is right and stays all the same. */
export interface ScanWaiver {
  readonly scanner: ScanFinding["scanner"];
  readonly check: string;
  /** `Kind namespace/name`; `*` stands for any characters. */
  readonly object: string;
  /** Why it may stay. */
  readonly reason: string;
}

/** The waivers of the repository. */
export const SCAN_WAIVERS = fileURLToPath(new URL("waivers.json", import.meta.url));

/** @throws UserError if a waiver lacks something, its reason above all */
export function readScanWaivers(file = SCAN_WAIVERS): readonly ScanWaiver[] {
  const waivers: readonly Partial<ScanWaiver>[] = JSON.parse(readFileSync(file, "utf8"));
  return waivers.map((waiver, index) => {
    const { scanner, check, object, reason } = waiver;
    if (scanner === undefined || check === undefined || object === undefined || (reason ?? "").length < 20) {
      throw mistake(
        `${file}: waiver ${index + 1}: received ${received(waiver)}`,
        "scanner, check, object and a reason that somebody else understands",
        "complete it",
      );
    }
    return { scanner, check, object, reason: reason ?? "" };
  });
}

/** Whether a waiver covers a finding. */
export function waives(waiver: ScanWaiver, finding: ScanFinding): boolean {
  const pattern = new RegExp(`^${waiver.object.split("*").map(escaped).join(".*")}$`);
  return waiver.scanner === finding.scanner && waiver.check === finding.check && pattern.test(finding.object);
}

function escaped(text: string): string {
  return text.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&");
}
