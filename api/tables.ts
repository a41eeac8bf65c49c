import type { Middleware } from "@kubernetes/client-node";

/** A list as the API server prints it: the columns that its kind declares, and nothing of the objects. */
export interface Table {
  readonly columnDefinitions: readonly { readonly name: string }[];
  readonly rows: readonly { readonly cells: readonly unknown[] }[] | null;
}

/**
 * Asks for lists as tables: a row is a tenth of an object's metadata alone, and there are many records.
 * Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables
 */
export const COLUMNS_ONLY: Middleware = {
  pre: async (request) => {
    request.setHeaderParam("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io");
    request.setQueryParam("includeObject", "None");
    return request;
  },
  post: async (response) => response,
};

/** Each row's cells by their column; what is not set in an object is absent. */
export function rowsOf<Column extends string>(
  { columnDefinitions, rows }: Table,
  columns: readonly Column[],
): readonly Readonly<Partial<Record<Column, string>>>[] {
  const places = columns.map((column) => [column, columnDefinitions.findIndex(({ name }) => name === column)] as const);
  return (rows ?? []).map(({ cells }) => {
    const row: Partial<Record<Column, string>> = {};
    for (const [column, place] of places) {
      const cell = cells[place];
      if (typeof cell === "string" && cell !== "") {
        row[column] = cell;
      }
    }
    return row;
  });
}
