import { deepStrictEqual } from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, parseDocument } from "yaml";

/**
 * Makes sure that both sides rendered the same objects for some customers.
 * @throws AssertionError with the difference.
 */
export function expectSameObjects(rendered: string, output: string, customers: readonly string[]): void {
  const documents = rendered.split(/^---$/m);
  for (const customer of customers) {
    const theirs = documents.filter((document) => document.includes(`nightlane/customer: ${customer}\n`));
    const files = readdirSync(join(output, customer), { recursive: true, encoding: "utf8" });
    const ours = files
      .filter((file) => file.endsWith(".yaml"))
      .map((file) => readFileSync(join(output, customer, file), "utf8"));
    deepStrictEqual(inOrder(theirs), inOrder(ours));
  }
}

function inOrder(documents: readonly string[]): readonly unknown[] {
  return documents
    .map((document) => ({ key: keyOf(document), object: parse(document, { version: "1.1" }) as unknown }))
    .sort((left, right) => (left.key < right.key ? -1 : 1));
}

function keyOf(document: string): string {
  const parsed = parseDocument(document);
  const part = (...path: readonly string[]): unknown => parsed.getIn(path);
  return [part("kind"), part("metadata", "namespace"), part("metadata", "name")].join(" ");
}
