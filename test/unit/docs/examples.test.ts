import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, test } from "vitest";

/**
 * The examples in the reference are what an author copies: each function that a customer file may call has one, and it
 * is held to the types, among a few names that examples take for granted.
 */
const repository = fileURLToPath(new URL("../../..", import.meta.url));
const constructs = join(repository, "constructs");
const NAMES = `
declare const night: library.Night;
declare const scenarios: library.Step;
declare const app: library.SparkApp;
declare const pricing: library.DeployedApp;
declare const image: string;
declare const ca: string;
`;

interface Example {
  readonly where: string;
  readonly code: string;
}

const examples: readonly Example[] = readdirSync(constructs, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .flatMap((file) => {
    const text = readFileSync(join(constructs, file), "utf8");
    return [...text.matchAll(/@example\n[ *]*```ts\n([\s\S]*?)\n[ *]*```/g)].map(([, code = ""], index) => ({
      where: `${file.replaceAll(/\W/g, "-")}-${index}`,
      code: code.replaceAll(/^ *\* ?/gm, ""),
    }));
  });

test("each example of the reference fits the types", () => {
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.NodeNext,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
    types: ["node"],
  };
  const host = ts.createCompilerHost(options);
  const files = new Map(
    examples.map((example) => [join(repository, `example-${example.where}.ts`), sourceOf(example)]),
  );
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (name) => files.has(name) || fileExists.call(host, name);
  host.readFile = (name) => files.get(name) ?? readFile.call(host, name);
  host.getSourceFile = (name, language, ...rest) => {
    const text = files.get(name);
    return text === undefined
      ? getSourceFile.call(host, name, language, ...rest)
      : ts.createSourceFile(name, text, language);
  };
  const program = ts.createProgram([...files.keys()], options, host);
  const wrong = [...files.keys()].flatMap((name) =>
    program
      .getSemanticDiagnostics(program.getSourceFile(name))
      .map(({ messageText }) => `${name}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`),
  );
  expect(wrong).toEqual([]);
  expect(examples.length).toBeGreaterThan(25);
}, 60_000);

test("each function that a customer file may call has an example", () => {
  const index = readFileSync(join(constructs, "index.ts"), "utf8");
  const lacking = [...index.matchAll(/export \{([^}]*)\} from "\.\/([^"]+)"/g)].flatMap(([, names = "", file = ""]) => {
    const text = readFileSync(join(constructs, file), "utf8");
    return names
      .split(",")
      .map((name) => name.trim())
      .filter((name) => name !== "" && new RegExp(`^export function ${name}\\b`, "m").test(text))
      .filter((name) => !new RegExp(`\`\`\`\\n(?: \\* @see .*\\n)? \\*/\\nexport function ${name}\\b`).test(text));
  });
  const night = readFileSync(join(constructs, "night/night.ts"), "utf8");
  const methods = [...night.matchAll(/^ {2}(?!private|constructor)(\w+)\(/gm)].map(([, name = ""]) => name);
  const without = methods.filter(
    (name) => !new RegExp(`\`\`\`\\n(?: {3}\\* @see .*\\n)? {3}\\*/\\n {2}${name}\\(`).test(night),
  );
  expect([...lacking, ...without]).toEqual([]);
});

/** Everything of the library is at hand, but what the example itself declares or the names have. */
function sourceOf({ code }: Example): string {
  const library = `import * as library from "./constructs/index.ts";\n`;
  const declared = new Set([...code.matchAll(/\b(?:const|let) (\w+)/g)].map(([, name = ""]) => name));
  const exported = [...readFileSync(join(constructs, "index.ts"), "utf8").matchAll(/\{([^}]*)\}/g)]
    .flatMap(([, names = ""]) => names.split(","))
    .map((name) => name.trim())
    .filter((name) => /^\w+$/.test(name) && new RegExp(`\\b${name}\\(|\\b${name}[\`.]|: ${name}\\b`).test(code));
  const names = NAMES.split("\n").filter((line) => {
    const [, name = ""] = /declare const (\w+)/.exec(line) ?? [];
    return !declared.has(name) && !exported.includes(name);
  });
  return `${library}const { ${exported.join(", ")} } = library;\n${names.join("\n")}\n${code}\nexport {};\n`;
}
