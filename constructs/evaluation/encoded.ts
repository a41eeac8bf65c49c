/**
 * What a customer file returns: JSON, in which objects are in a list, so that shared objects and cycles are preserved.
 */
export interface Encoded {
  readonly root: EncodedValue;
  readonly objects: readonly EncodedObject[];
}

/** A plain value, the place of an object in the list, or a value that JSON cannot express. */
export type EncodedValue =
  | null
  | boolean
  | number
  | string
  | { readonly object: number }
  | { readonly number: string }
  | { readonly kind: "undefined" | "function" | "symbol" | "bigint" | "reported" };

export type EncodedObject =
  | { readonly list: readonly EncodedValue[] }
  | { readonly fields: readonly (readonly [string, EncodedValue])[] }
  | { readonly size: string }
  | { readonly cpu: EncodedValue }
  | { readonly milliseconds: number | string }
  | {
      readonly step: EncodedValue;
      readonly kind: string;
      readonly options: EncodedValue;
      readonly edges: readonly EncodedValue[];
    }
  | { readonly instance: string };

/** The outcome of evaluating one file. */
export type Outcome =
  | { readonly definition: Encoded }
  /** The default export, where defineCustomer did not make it. */
  | { readonly other: "nothing" | "something" }
  | { readonly thrown: string; readonly stack: string; readonly rule?: string; readonly fix?: string }
  | { readonly refusedImport: string; readonly stack: string }
  | Ended;

/** A process that did not get to the file, a file that took too long, or whose process ended: of memory, or by the file. */
export interface Ended {
  readonly ended: "start" | "time" | "process";
}
