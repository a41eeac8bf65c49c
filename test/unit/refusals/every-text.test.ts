import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadCustomer } from "../../../constructs/definition/customer-files.ts";
import { UserError } from "../../../constructs/definition/problem.ts";
import { synthesize } from "../../../constructs/synthesize.ts";

const repository = fileURLToPath(new URL("../../..", import.meta.url));
const library = join(repository, "constructs/index.ts");

/** What a machine between the author and the cluster reads as its own: Argo's two passes, Helm's and Prometheus' templates. */
const POISONS = ["{{=sprig.repeat(9,'EVIL')}}", "{{workflow.EVIL}}", "{{ $labels.EVIL }}"] as const;

/** The customer files that are there, which between them say nearly all that can be said. */
const FILES = [
  "customers/nordbank.ts",
  "customers/alpenkredit.ts",
  "examples/customers/bergbank.ts",
  "examples/customers/hafenkasse.ts",
];

interface Literal {
  readonly name: string;
  readonly line: number;
  readonly said: string;
  /** The whole file with something behind this text. */
  readonly with: (poison: string) => string;
}

const literals = FILES.flatMap((file): readonly Literal[] => {
  const text = readFileSync(join(repository, file), "utf8");
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: Literal[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      return;
    }
    if (ts.isStringLiteral(node)) {
      const end = node.getEnd() - 1;
      const withPoison = (poison: string): string =>
        `${text.slice(0, end)}${poison.replaceAll('"', '\\"')}${text.slice(end)}`.replace(
          /"[./]+constructs\/index\.ts"/,
          JSON.stringify(library),
        );
      const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
      found.push({ name: /(\w+)\.ts$/.exec(file)?.[1] ?? "", line, said: node.text, with: withPoison });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
});

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "nightlane-texts-"));
  for (const file of readdirSync(join(repository, "customers")).filter((name) => name.endsWith(".pem"))) {
    copyFileSync(join(repository, "customers", file), join(folder, file));
  }
});

afterAll(() => rmSync(folder, { recursive: true }));

/** The objects of a file in which what Argo, Prometheus or Kubernetes reads is; undefined where the file is refused. */
async function rendered(name: string, text: string): Promise<string | undefined> {
  writeFileSync(join(folder, `${name}.ts`), text);
  try {
    const { lane, customerSide, deployer } = synthesize(await loadCustomer(name, folder), `${name}.ts`);
    return JSON.stringify([lane, customerSide, deployer]);
  } catch (error) {
    if (error instanceof UserError) {
      return undefined;
    }
    throw error;
  }
}

test("the files as they are go through, and have texts", async () => {
  expect(literals.length).toBeGreaterThan(150);
  for (const name of new Set(literals.map((literal) => literal.name))) {
    const [literal] = literals.filter((each) => each.name === name);
    expect(await rendered(name, literal?.with("") ?? ""), name).toContain("WorkflowTemplate");
  }
});

/** A text may say anything that no machine on the way reads, and must be refused where one does. */
describe("no text of a customer file becomes an expression", () => {
  test.each(literals.map((literal) => [`${literal.name}.ts:${literal.line} ${literal.said}`, literal] as const))(
    "%s",
    async (_, literal) => {
      for (const poison of POISONS) {
        expect((await rendered(literal.name, literal.with(poison))) ?? "refused").not.toContain("EVIL");
      }
    },
  );
});
