import { ApiException, type CustomObjectsApi } from "@kubernetes/client-node";

/** Where a nightwatch keeps notes for the next one. */
export interface NoteStore {
  readonly read: () => Promise<readonly string[]>;
  readonly write: (notes: readonly string[]) => Promise<void>;
}

const LEASES = { group: "coordination.k8s.io", version: "v1", plural: "leases" } as const;

interface NoteLease {
  readonly metadata: { readonly resourceVersion?: string; readonly annotations?: Readonly<Record<string, string>> };
}

/**
 * Keeps notes in an annotation of a Lease of their own: apart from its records, the only kind that nightwatch may write
 * in the platform's namespace.
 * @param what What the notes are: names the Lease and the annotation.
 */
export function noteLease(objects: CustomObjectsApi, namespace: string, what: string): NoteStore {
  const name = `nightwatch-${what}`;
  const annotation = `nightlane/${what}`;
  const place = { ...LEASES, name, namespace };
  const read = async (): Promise<NoteLease | undefined> => {
    try {
      return await objects.getNamespacedCustomObject(place);
    } catch (error) {
      if (error instanceof ApiException && error.code === 404) {
        return undefined;
      }
      throw error;
    }
  };
  return {
    read: async () => notesOf((await read())?.metadata.annotations?.[annotation]),
    write: async (notes) => {
      const before = await read();
      const { resourceVersion } = before?.metadata ?? {};
      const metadata = { name, namespace, resourceVersion, annotations: { [annotation]: JSON.stringify(notes) } };
      const body = { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata, spec: {} };
      await (before === undefined
        ? objects.createNamespacedCustomObject({ ...place, body })
        : objects.replaceNamespacedCustomObject({ ...place, body }));
    },
  };
}

/** What cannot be read is sent again: better twice than never. */
function notesOf(text: string | undefined): readonly string[] {
  try {
    const notes: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(notes) ? notes.filter((note) => typeof note === "string") : [];
  } catch {
    return [];
  }
}
