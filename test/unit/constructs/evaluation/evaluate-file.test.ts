import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { checkCustomer } from "../../../../constructs/checks/check-customer.ts";
import { loadCustomer } from "../../../../constructs/definition/customer-files.ts";
import { ProblemsError } from "../../../../constructs/definition/problem.ts";
import { evaluateFile } from "../../../../constructs/evaluation/evaluate-file.ts";
import { certificate } from "../../../support/certificates.ts";
import { customerText, type Places } from "../../../support/customer-text.ts";
import { temporaryFolder } from "../../../support/folders.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

/** A folder with the one customer `lake`, whose file begins with `before`. */
function folderWith(before: string): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "lake.ts"), customerText("lake", "10.65.0.1", { before }));
  return folder;
}

async function load(before: string): Promise<string> {
  const error: unknown = await loadCustomer("lake", folderWith(before)).catch((caught: unknown) => caught);
  return error instanceof Error ? error.message : "loaded";
}

/** The display name that a file computes, in which it says what it has found. */
async function found(expression: string): Promise<unknown> {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "lake.ts"), customerText("lake", "10.65.0.1", { displayName: expression }));
  return (await loadCustomer("lake", folder)).displayName;
}

describe("a customer's file", () => {
  test.each([
    ['import { readFileSync } from "node:fs";', 'an import of "node:fs"'],
    ['import "net";', 'an import of "net"'],
    ['import { readCredentials } from "../constructs/../infra/credentials.ts";', "infra/credentials.ts"],
    ['import "./other.ts";', 'an import of "./other.ts"'],
    ['require("node:fs");', 'an import of "node:fs"'],
    ['const fs = process.getBuiltinModule("node:fs");', "process is not defined"],
    ['fetch("http://127.0.0.1:1/");', "fetch is not defined"],
    ['new Function("return process")();', "Code generation from strings disallowed"],
    ['eval("process");', "Code generation from strings disallowed"],
    ["await 1;", "an await outside a function"],
    ['await import("node:os");', 'an import of "node:os"'],
    ["const now = new Date();", "new Date()"],
    ["const now = Date();", "Date()"],
    ["const now = Date.now();", "Date.now()"],
    ["const now = new (new Date(0).constructor)();", "new Date()"],
    ["const now = Reflect.construct(Date, []);", "new Date()"],
    ["const chance = Math.random();", "Math.random()"],
    ["const now = new Intl.DateTimeFormat('de').format();", "Intl.DateTimeFormat is not a constructor"],
  ])("cannot do %s, and the message names the line", async (before, shown) => {
    const message = await load(before);
    expect(message).toMatch(
      /^customers\/lake\.ts: 1 problem\n {2}customers\/lake\.ts:\d+ \S+: received .*\n {4}rule: .*\n {4}fix: /,
    );
    expect(message).toContain(shown);
  });

  test("names the very line in which an error came up", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "lake.ts"), "// one\n\ntype Two = string;\nconst three: Two = 'x';\n\nnope(three);\n");
    await expect(loadCustomer("lake", folder)).rejects.toThrow(
      "customers/lake.ts:6 (code): received ReferenceError: nope is not defined",
    );
  });

  test.each([
    "process",
    "globalThis.process",
    "globalThis.require",
    "globalThis.Buffer",
    "globalThis.setTimeout",
    "Error.constructor.constructor.process",
    "Size.constructor.process",
    "night.constructor.process",
  ])("does not see %s", async (name) => {
    const expression = `(() => { try { return typeof (${name}); } catch { return "undefined"; } })()`;
    expect(await found(expression)).toBe("undefined");
  });

  test("gets no object of the process that evaluates it by a hook for stack traces", async () => {
    const hook = "Error.prepareStackTrace = (_, sites) => { throw new RangeError(typeof sites[0].getThis()); };";
    expect(await load(`try { ${hook} } catch {} null.x;`)).toContain("TypeError: Cannot read properties of null");
  });

  test("does not reach another file's world", async () => {
    const folder = folderWith("globalThis.left = 1; Object.prototype.left = 1; Array.prototype.map = () => [];");
    writeFileSync(
      join(folder, "hill.ts"),
      customerText("hill", "10.65.0.2", { displayName: "String(globalThis.left) + String({}.left)" }),
    );
    await Promise.allSettled([loadCustomer("lake", folder)]);
    expect((await loadCustomer("hill", folder)).displayName).toBe("undefinedundefined");
  });

  test("does not see the environment", async () => {
    vi.stubEnv("CUSTOMER_KUBECONFIG", "/kubeconfig");
    expect(await load("const path = process.env.CUSTOMER_KUBECONFIG;")).toContain("process is not defined");
  });

  test.each([
    ["for (;;) {}", "no end within 0.3 s"],
    ["Promise.resolve().then(() => { for (;;) {} });", "no end within 0.3 s"],
    ["const all = []; for (;;) { all.push(new Array(1e6).fill({})); }", /no end within|more memory than/],
    ["function deep() { deep(); } deep();", "RangeError: Maximum call stack size exceeded"],
  ])("that does %s is reported with its name", async (before, shown) => {
    const folder = folderWith(before);
    const evaluation = await evaluateFile(join(folder, "lake.ts"), "customers/lake.ts", 300);
    expect(evaluation.problems[0]?.received).toMatch(shown);
  });

  test("is evaluated after one that ended the process", async () => {
    const folder = folderWith("const all = []; for (;;) { all.push(new Array(1e6).fill({})); }");
    writeFileSync(join(folder, "hill.ts"), customerText("hill", "10.65.0.2", {}));
    const [lake, hill] = await Promise.allSettled(["lake", "hill"].map((name) => loadCustomer(name, folder)));
    expect(lake?.status).toBe("rejected");
    expect(hill?.status).toBe("fulfilled");
  });
});

describe("a file in which something throws", () => {
  /** What is reported about a file, a line each: its line, its property, what was received. */
  async function reported(places: Places): Promise<readonly string[]> {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "lake.ts"), customerText("lake", "10.65.0.1", places));
    const error: unknown = await loadCustomer("lake", folder).catch((caught: unknown) => caught);
    return error instanceof ProblemsError ? error.problems.map((one) => `${one.property}: ${one.received}`) : [];
  }

  test("is reported with everything else that is wrong in it, and nothing is reported that only follows", async () => {
    const places: Places = {
      before: "const sizes = { memory: Size.gibibytes(-4) };\nconst [first] = nope;\nif (first) throw new Error('no');",
      displayName: '"{{"',
      moreNight: 'finishBy: "24:00"',
      more: "lane: { runners: few(), resultsSize: Size.gibibytes(0) },",
      steps: `(night) => {
        const market = night.exsec("market", { app: pricing, command: ["x"] });
        const s = night.spark("s", { ...sizes, app: riskApp("a.py"), after: [market, first] });
        night.spark("t", { app: riskApp("a.py"), from: [s, late], args: [night.results(market), first.x()[0]] });
        const late = night.gate("late", { approvals: 0 });
      }`,
    };
    expect(await reported(places)).toEqual([
      "sizes.memory: Error: Storage amounts cannot be negative. Received: -4",
      "(code): ReferenceError: nope is not defined",
      "(code): Error: no",
      'workflow.steps["market"]: TypeError: night.exsec is not a function',
      'workflow.steps["t"].from[1]: late, which is declared further down',
      "lane.runners: ReferenceError: few is not defined",
      'displayName: "{{"',
      "lane.resultsSize: 0",
      'workflow.finishBy: "24:00"',
      'workflow.steps["late"].approvals: 0',
    ]);
  });

  test.each([
    ["an import that is refused", { before: 'import { base } from "./base.ts";', more: "...base," }, ["import"]],
    ["a customer made of it", { whole: "export default defineCustomer(nope);" }, ["(code)"]],
    ["the customer itself", { whole: "export default nope({});" }, ["(code)"]],
    ["a part of a customer", { cluster: "{ ...nope, namespace: 7 }" }, ["cluster", "cluster.namespace"]],
    ["a workflow", { workflow: "nope()" }, ["workflow"]],
    ["all steps", { steps: "nope", moreNight: "startBy: 22" }, ["workflow.steps", "workflow.startBy"]],
    ["a shorthand", { before: "if (0) { let name; }", more: "apps," }, ["apps"]],
    ["an assignment", { before: "nope.x = 1; nope.y += 2;" }, ["(code)", "(code)"]],
    [
      "a credential",
      { credentials: "{ kubeconfig: nope, token: 5 }" },
      ["credentials.kubeconfig", "credentials.token"],
    ],
    [
      "a value of a chart",
      {
        apps: '{ a: helmApp({ repository: "https://g.example/a.git", revision: "v1.0.0", chart: "a", values: { a: { b: nope } } }) }',
      },
      ["apps.a.values.a.b"],
    ],
    ["a loop without an end", { before: "nope(); for (;;) {}" }, ["(code)"]],
  ] satisfies readonly (readonly [string, Places, readonly string[]])[])("is %s", async (_, places, properties) => {
    expect((await reported(places)).map((one) => one.split(": ")[0])).toEqual(properties);
  });
});

describe("what to write instead", () => {
  test.each([
    [
      "first(); const first = () => 1;",
      "first, which is declared further down",
      "move the line that declares first above",
    ],
    ["const size = Sise.gibibytes(1);", "Sise is not defined", 'write Size, imported from "../constructs/index.ts"'],
    ["const held = DUBAI;", "DUBAI is not defined", 'add DUBAI to what is imported from "../constructs/index.ts"'],
    [
      'import { FRANKFRUT } from "../constructs/index.ts"; const calendar = FRANKFRUT;',
      'the name FRANKFRUT, imported from "../constructs/index.ts"',
      "write FRANKFURT",
    ],
    ["const app = deployment;", "deployment is not defined", "declare deployment above"],
    ["const size = Size.pebibytes(1);", "Size.pebibytes is not a function", "write Size.pebibyte instead of pebibytes"],
    ["const size = Size.gibibyte(1);", "Size.gibibyte is not a function", "write Size.gibibytes instead of gibibyte"],
    ["const size = Size.gibibytes(-1);", "negative", "write one in line"],
    ['import ca from "./lake.pem";', "and no file customers/lake.pem", "base64 -d > customers/lake.pem"],
    ['import ca from "./almanac.pem";', 'an import of "./almanac.pem"', "copy it to customers/lake.pem"],
    ['import ca from "../x.pem";', 'an import of "../x.pem"', "copy it to customers/lake.pem"],
    ['import { days } from "./shared/days.ts";', "./shared/days.ts", "correct the name, or add the file"],
    ['import { Size as S } from "cdk8s";', 'an import of "cdk8s"', 'from "../constructs/index.ts"'],
    ["for (let n = 0; n < 100; n += 1) deep(); function deep() { deep(); }", "call stack", "calls itself"],
  ])("of %s is said", async (before, shown, fix) => {
    const message = await load(before);
    expect(message).toContain(shown);
    expect(message.split("fix: ")[1]).toContain(fix);
  });

  test("of a call that night does not have, of steps without an end, and of a step further down", async () => {
    const inSteps = async (steps: string): Promise<string> => {
      const folder = temporaryFolder();
      writeFileSync(join(folder, "lake.ts"), customerText("lake", "10.65.0.1", { steps }));
      const error: unknown = await loadCustomer("lake", folder).catch((caught: unknown) => caught);
      return error instanceof Error ? error.message : "loaded";
    };
    expect(await inSteps("(night) => { night.sparc('x'); }")).toContain("write night.spark instead of sparc");
    expect(await inSteps("(night) => { for (let n = 0; ; n += 1) night.gate('g' + n); }")).toMatch(
      /ts:\d+ .*: received more than 5000 steps\n {4}rule: a night of a few hundred steps/,
    );
    const early = "(night) => { night.gate('a', { after: varEs }); const varEs = night.gate('b'); }";
    expect(await inSteps(early)).toContain("a step waits for steps declared before it");
  });

  test("a day that the file names is the same everywhere", async () => {
    expect(await found("new Date(2026, 0, 1).toISOString()")).toBe("2026-01-01T00:00:00.000Z");
    expect(await found('String(new Date("2026-01-01") instanceof Date)')).toBe("true");
  });
});

describe("code for several customers", () => {
  test("lies in the folder shared, and sees no more than a customer's file", async () => {
    const folder = folderWith('import { holidays } from "./shared/holidays.ts";');
    mkdirSync(join(folder, "shared"));
    writeFileSync(join(folder, "shared", "days.ts"), 'export const day: string = "2026-12-24";');
    writeFileSync(
      join(folder, "shared", "holidays.ts"),
      'import { day } from "./days.ts";\nexport const holidays = [day];',
    );
    expect(checkCustomer(await loadCustomer("lake", folder))).toEqual([]);
    writeFileSync(join(folder, "shared", "days.ts"), "export const day = process.env.HOME;");
    await expect(loadCustomer("lake", folder)).rejects.toThrow("process is not defined");
  });

  test("is reported with what it exports, where a name is none of that", async () => {
    const folder = folderWith('import { day } from "./shared/days.ts"; const one = day;');
    mkdirSync(join(folder, "shared"));
    writeFileSync(join(folder, "shared", "days.ts"), "export const days = []; export const names = [];");
    await expect(loadCustomer("lake", folder)).rejects.toThrow(
      /received day is not exported by "\.\/shared\/days\.ts"\n.*\n {4}fix: write one of: days, names$/,
    );
    writeFileSync(join(folder, "shared", "days.ts"), "export const day = 1; for (;;) {}");
    const evaluation = await evaluateFile(join(folder, "lake.ts"), "customers/lake.ts", 300);
    expect(evaluation.problems[0]?.fix).toContain("and in what it imports of customers/shared");
  });

  test("keeps only those from being read that import it", async () => {
    const folder = folderWith("");
    mkdirSync(join(folder, "shared"));
    writeFileSync(join(folder, "shared", "days.ts"), "#!/usr/bin/env tsx\nexport const days = [;");
    expect(checkCustomer(await loadCustomer("lake", folder))).toEqual([]);
    const text = customerText("hill", "10.65.0.2", { before: 'import { days } from "./shared/days.ts";' });
    writeFileSync(join(folder, "hill.ts"), text);
    await expect(loadCustomer("hill", folder)).rejects.toThrow('customers/shared/days.ts:2: received Unexpected ";"');
    writeFileSync(join(folder, "shared", "days.ts"), "#!/usr/bin/env tsx\nexport const days = [];");
    expect(checkCustomer(await loadCustomer("hill", folder))).toEqual([]);
  });
});

describe("a file that a shell or an editor has touched", () => {
  const lake = customerText("lake", "10.65.0.1", {});

  test("may have a first line for a shell, and lines count from it", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "lake.ts"), `#!/usr/bin/env tsx\n${lake}`);
    expect(checkCustomer(await loadCustomer("lake", folder))).toEqual([]);
    writeFileSync(join(folder, "lake.ts"), "#!/usr/bin/env tsx\nnope();\n");
    await expect(loadCustomer("lake", folder)).rejects.toThrow("customers/lake.ts:2 (code): received ReferenceError");
  });

  test("is reported as code that cannot be read where the language has no such code", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "lake.ts"), `const all = /(?<a>x)(?<a>y)/;\n${lake}`);
    await expect(loadCustomer("lake", folder)).rejects.toThrow("SyntaxError: Invalid regular expression");
  });
});

describe("certificates beside a file", () => {
  const withImport = (module: string) => ({ before: `import ca from "./${module}";`, ca: "ca" });

  test("are read where they bear its name", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "lake.ts"), customerText("lake", "10.65.0.1", withImport("lake.pem")));
    writeFileSync(join(folder, "lake.pem"), certificate("valid"));
    const definition = await loadCustomer("lake", folder);
    expect(definition.cluster.ca).toBe(certificate("valid"));
    expect(checkCustomer(definition)).toEqual([]);
  });

  test("of another customer are not, and a file that is not a certificate is refused as such", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "lake.ts"), customerText("lake", "10.65.0.1", withImport("river.pem")));
    writeFileSync(join(folder, "river.pem"), certificate("valid"));
    await expect(loadCustomer("lake", folder)).rejects.toThrow(
      /an import of "\.\/river\.pem"[\s\S]*its own certificates[\s\S]*copy it to customers\/lake\.pem/,
    );
    writeFileSync(join(folder, "lake.ts"), customerText("lake", "10.65.0.1", withImport("lake.pem")));
    writeFileSync(join(folder, "lake.pem"), '"; globalThis.x = 1; "\n');
    expect(checkCustomer(await loadCustomer("lake", folder)).map(({ property }) => property)).toEqual(["cluster.ca"]);
  });
});
