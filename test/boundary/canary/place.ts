/** One text of a place: a file, an object, a log. */
export interface PlaceText {
  /** Where it is, for a person to find it. */
  readonly where: string;
  readonly text: string;
}

/** Somewhere a credential must not be. */
export interface Place {
  readonly name: string;
  /** All texts of it. @throws Error if they cannot be read: what was not searched is not clean */
  readonly texts: () => AsyncIterable<PlaceText>;
}
