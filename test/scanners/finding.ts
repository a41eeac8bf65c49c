/** What a scanner found on one object. */
export interface ScanFinding {
  readonly scanner: "checkov" | "kube-score";
  /** The scanner's own name of the check. */
  readonly check: string;
  /** `Kind namespace/name`. */
  readonly object: string;
  readonly message: string;
}

/** What a scanner read and found. */
export interface ScanResult {
  readonly scanner: ScanFinding["scanner"];
  /** Paths, below the folder, of the objects it has read. */
  readonly read: ReadonlySet<string>;
  readonly findings: readonly ScanFinding[];
}
