import type { Fields } from "../model/fields.ts";
import type { GUARDS } from "./guard-parts.ts";
import guardsFile from "./guards.json" with { type: "json" };
import objectsFile from "./objects.json" with { type: "json" };
import templatesFile from "./templates.json" with { type: "json" };

/** A kind whose objects are required part by part. */
export type Guard = (typeof GUARDS)[number];

/**
 * Where an object belongs: to the platform, a lane, its deployer, what Argo CD is given, or the customer's own cluster.
 */
export type Place = "platform" | "lane" | "deployer" | "apps" | "customer-side";

/** An object that was reviewed and found harmless. */
export interface KnownObject {
  /** Whether it must exist wherever its place does. */
  readonly demanded: boolean;
  /** Every field that it may have, by its path, with the values that it may have; null for any. */
  readonly fields: Readonly<Record<string, readonly string[] | null>>;
  /** Those of its fields that need not be there. */
  readonly optional: readonly string[];
}

/**
 * The objects of one kind by name, the platform's with their namespace; `*` stands for the customer's name, `#` for the
 * hash of a content, `<name>` for that of further nights, `(theirs)` for any.
 */
export type KnownKind = Readonly<Record<string, KnownObject>>;

/** Kinds of objects by place and by `apiVersion kind`. */
export const KNOWN_OBJECTS: Readonly<Record<Place, Readonly<Record<string, KnownKind>>>> = objectsFile;

/** What to do about something that nobody has reviewed. */
export const HAVE_IT_REVIEWED =
  "undo it; if it is intended, run `npx tsx test/support/write-known-objects.ts` and have the difference reviewed";

/** The hash of each part of each guard, as it was reviewed, by kind and name. */
export const KNOWN_GUARDS: Readonly<Record<Guard, Readonly<Record<string, Readonly<Record<string, string>>>>>> =
  guardsFile;

/** What templates and schedules consist of besides their steps; `*` stands for the customer's name. */
export interface KnownTemplates {
  /** Fields of the specification by `kind role`, each with the values that it may have; null if it may be absent. */
  readonly specs: Readonly<Record<string, Readonly<Record<string, readonly unknown[]>>>>;
  /** What surrounds a node's work: tries, labels, a wait. */
  readonly nodes: readonly Fields[];
  /** Containers, without image and document. */
  readonly containers: readonly Fields[];
}

export const KNOWN_TEMPLATES: KnownTemplates = templatesFile;
