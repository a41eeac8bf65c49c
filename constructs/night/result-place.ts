/**
 * A file among a step's results, and the names or list places that lead to a value in it; undefined for any other text.
 */
export function readPlace(place: string): { readonly file: string; readonly keys: readonly string[] } | undefined {
  const [, file, way] = /^([^#]+)#([^#]+)$/.exec(place) ?? [];
  const keys = way?.split(".") ?? [];
  return file === undefined || keys.length === 0 || keys.includes("") ? undefined : { file, keys };
}
