import { ApiException, type CustomObjectsApi } from "@kubernetes/client-node";
import type { ToldStore } from "./told-signals.ts";

const LEASES = { group: "coordination.k8s.io", version: "v1", plural: "leases", name: "nightwatch-told" } as const;
const TOLD = "nightlane/told";

interface ToldLease {
  readonly metadata: { readonly resourceVersion?: string; readonly annotations?: Readonly<Record<string, string>> };
}

/**
 * Keeps what was told in an annotation of a Lease of its own, the one kind beside its records that nightwatch may write in
 * the platform's namespace.
 */
export function toldLease(objects: CustomObjectsApi, namespace: string): ToldStore {
  const place = { ...LEASES, namespace };
  const read = async (): Promise<ToldLease | undefined> => {
    try {
      return await objects.getNamespacedCustomObject(place);
    } catch (error) {
      if (error instanceof ApiException && error.code === 404) return undefined;
      throw error;
    }
  };
  return {
    read: async () => keysOf((await read())?.metadata.annotations?.[TOLD]),
    write: async (keys) => {
      const before = await read();
      const { resourceVersion } = before?.metadata ?? {};
      const metadata = { name: LEASES.name, namespace, resourceVersion, annotations: { [TOLD]: JSON.stringify(keys) } };
      const body = { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata, spec: {} };
      await (before === undefined
        ? objects.createNamespacedCustomObject({ ...place, body })
        : objects.replaceNamespacedCustomObject({ ...place, body }));
    },
  };
}

/** What cannot be read is told again: better twice than never. */
function keysOf(text: string | undefined): readonly string[] {
  try {
    const keys: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(keys) ? keys.filter((key) => typeof key === "string") : [];
  } catch {
    return [];
  }
}
