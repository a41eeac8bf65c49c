/** Every view of the page; each is looked at in a browser. */
export const VIEWS = ["nights", "run", "past", "handover", "copy"] as const;
