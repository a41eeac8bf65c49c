import type { DeployedApp } from "../definition/applications.ts";

/** A place on the customer's side: on its results volume, or in a pod of an application. */
export type CustomerPath =
  | { readonly kind: "results"; readonly path: string }
  | { readonly kind: "pod"; readonly app: DeployedApp; readonly path: string };

/**
 * A path below the night's directory on the customer's results volume.
 * @example
 * ```ts
 * night.copyOut("report", { from: onResults("report"), after: scenarios });
 * ```
 */
export function onResults(path: string): CustomerPath {
  return { kind: "results", path };
}

/**
 * An absolute path in a pod of `app`.
 * @example
 * ```ts
 * night.copyIn("limits", { from: "limits/today.csv", to: inPod(pricing, "/data/limits.csv") });
 * ```
 */
export function inPod(app: DeployedApp, path: string): CustomerPath {
  return { kind: "pod", app, path };
}
