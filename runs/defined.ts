/** The entries with a value, so that optional fields stay absent. */
export function defined<Values extends object>(
  values: Values,
): { readonly [Key in keyof Values]?: Exclude<Values[Key], null | undefined> } {
  const kept = Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== "");
  return Object.fromEntries(kept) as { [Key in keyof Values]?: Exclude<Values[Key], null | undefined> };
}
