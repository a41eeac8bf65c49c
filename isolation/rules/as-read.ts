import type { Manifest } from "../../constructs/kubernetes/manifest.ts";
import { guardParts } from "../known/guard-parts.ts";
import { type Guard, HAVE_IT_REVIEWED, KNOWN_GUARDS } from "../known/known.ts";
import { objectName } from "../model/object-name.ts";
import type { EstateView } from "../model/view.ts";
import type { Inspection } from "./rule.ts";

/** The platform's objects of a kind and name; one, unless something is wrong. */
export function platformObjects(view: EstateView, kind: string, name: string): readonly Manifest[] {
  return view.platform.filter((manifest) => manifest.kind === kind && manifest.metadata.name === name);
}

/** Requires a guard that is there once, and each part of it as it was reviewed. */
export function checkParts(kind: Guard, name: string, view: EstateView, inspection: Inspection): void {
  const found = platformObjects(view, kind, name);
  const [guard] = found;
  inspection.examine(found.length);
  if (guard === undefined || found.length > 1) {
    inspection.report(`${kind} ${name}`, `there are ${found.length} of it`, HAVE_IT_REVIEWED);
    return;
  }
  const known = KNOWN_GUARDS[kind][name] ?? {};
  const parts = guardParts(guard);
  for (const part of new Set([...Object.keys(known), ...Object.keys(parts)])) {
    if (known[part] !== parts[part]) {
      const what = parts[part] === undefined ? "is gone" : known[part] === undefined ? "is new" : "has changed";
      inspection.report(objectName(guard), `spec.${part} ${what} since it was reviewed`, HAVE_IT_REVIEWED);
    }
  }
}
