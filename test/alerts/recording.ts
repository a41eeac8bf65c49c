/** Everything that Prometheus would have scraped in the course of a timeline. */
export interface Recording {
  /** When it begins, RFC 3339. */
  readonly start: string;
  /** Minutes between two scrapes. */
  readonly step: number;
  /** How many scrapes there were. */
  readonly scrapes: number;
  /** Series with a value of each scrape, in promtool's notation. */
  readonly series: readonly { readonly series: string; readonly values: string }[];
}
