import type { Fields } from "../model/fields.ts";
import type { GUARDS } from "./guard-parts.ts";
import guardsFile from "./guards.json" with { type: "json" };
import objectsFile from "./objects.json" with { type: "json" };
import templatesFile from "./templates.json" with { type: "json" };

/** A kind whose objects are demanded part by part. */
export type Guard = (typeof GUARDS)[number];

/** Whose object it is: of the platform, of a lane, of its deployer, of what Argo CD is told, or of the customer's own cluster. */
export type Place = "platform" | "lane" | "deployer" | "apps" | "customer-side";

/** The objects of one kind that were read and found harmless. */
export interface KnownKind {
  /** Names; `*` stands for the customer's name, `#` for the hash of a content, `<name>` for that of further nights, `(theirs)` for any. */
  readonly names: readonly string[];
  /** Those that are always there; the platform's, which has several namespaces, with theirs. */
  readonly demanded: readonly string[];
  /** Fields that every one of them has. */
  readonly always: readonly string[];
  /** Every field that such an object may have, by its path, with the values that it may have; null for any. */
  readonly fields: Readonly<Record<string, readonly string[] | null>>;
}

/** Kinds of objects by place and by `apiVersion kind`. */
export const KNOWN_OBJECTS: Readonly<Record<Place, Readonly<Record<string, KnownKind>>>> = objectsFile;

/** The hash of each part of each guard, as it was read, by kind and name. */
export const KNOWN_GUARDS: Readonly<Record<Guard, Readonly<Record<string, Readonly<Record<string, string>>>>>> =
  guardsFile;

/** What templates and schedules consist of beside their steps; `*` stands for the customer's name. */
export interface KnownTemplates {
  /** Fields of the specification by `kind role`, each with the values that it may have; null where it may be absent. */
  readonly specs: Readonly<Record<string, Readonly<Record<string, readonly unknown[]>>>>;
  /** What surrounds a node's work: tries, labels, a wait. */
  readonly nodes: readonly Fields[];
  /** Containers, without image and document. */
  readonly containers: readonly Fields[];
}

export const KNOWN_TEMPLATES: KnownTemplates = templatesFile;
