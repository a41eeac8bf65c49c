import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { customerNames, loadCustomer } from "../../../constructs/definition/customer-files.ts";
import { ProblemsError, UserError } from "../../../constructs/definition/problem.ts";
import { customerText } from "../../support/customer-text.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nightlane-customers-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function write(file: string, content = ""): void {
  writeFileSync(join(folder, file), content);
}

/** The error of loading a customer, which must be for people: no stack trace is shown of it. */
async function messageOf(name: string): Promise<string> {
  const error: unknown = await loadCustomer(name, folder).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(UserError);
  return error instanceof Error ? error.message : "";
}

describe("customerNames", () => {
  test("lists the files in order, without loading any", () => {
    write("nordbank.ts", "this is no TypeScript");
    write("alpenkredit.ts");
    write("README.md");
    expect(customerNames(folder)).toEqual(["alpenkredit", "nordbank"]);
  });

  test("refuses two files that differ only in case", () => {
    write("Nordbank.ts");
    write("nordbank.ts");
    expect(() => customerNames(folder)).toThrow(UserError);
    expect(() => customerNames(folder)).toThrow(
      "customers/nordbank.ts: 1 problem\n  (file): received a name that differs from another file's only in case\n    rule: one file per customer, on every file system\n    fix: remove one of the two",
    );
  });
});

describe("a folder of customers with what is not a customer", () => {
  test.each(["hill.js", "Hill Bank.mts", "hill.TS", "hill.tsx"])(
    "%s is reported, since nobody would miss it",
    (file) => {
      write(file, "");
      expect(() => customerNames(folder)).toThrow(
        /^customers\/.*: 1 problem\n {2}\(file\): received the ending ".*\n {4}rule: a customer is a file customers\/<name>\.ts.*\n {4}fix: rename it to customers\/hill(-bank)?\.ts/,
      );
    },
  );

  test("a folder in the place of a file is reported, and one in the folder of shared files is not", async () => {
    mkdirSync(join(folder, "hill.ts"));
    expect(await messageOf("hill")).toMatch(/^customers\/hill\.ts: 1 problem\n {2}\(file\): received a folder/);
    mkdirSync(join(folder, "shared", "days.ts"), { recursive: true });
    symlinkSync("/etc/hostname", join(folder, "shared", "host.ts"));
    write("testbank.ts", customerText("testbank", "192.0.2.10", {}));
    expect((await loadCustomer("testbank", folder)).name).toBe("testbank");
  });
});

describe("loadCustomer", () => {
  test("loads that customer's file and no other", async () => {
    write("testbank.ts", customerText("testbank", "192.0.2.10", {}));
    write("broken.ts", "this is no TypeScript");
    expect((await loadCustomer("testbank", folder)).name).toBe("testbank");
  });

  test.each([
    ["Nordbank", "use nordbank"],
    ["nordbnak", "use nordbank, or write customers/nordbnak.ts"],
    ["nordbank.ts", "use nordbank, or write customers/nordbank.ts"],
    ["customers/nordbank.ts", "use nordbank, or write customers/nordbank.ts"],
    ["seebank", "use one of alpenkredit, nordbank, or write customers/seebank.ts"],
    ["../infra/yaml", "use one of alpenkredit, nordbank"],
    ["", "use one of alpenkredit, nordbank"],
  ])("tells the unknown name %j and the near or the known ones", async (name, fix) => {
    write("nordbank.ts");
    write("alpenkredit.ts");
    const file = /^[\w.-]+$/.test(name) ? name : "<name>";
    expect(await messageOf(name)).toBe(
      `customers/${file}.ts: 1 problem\n  (file): received the name ${JSON.stringify(name)}, and no such file\n    rule: a customer is a file customers/<name>.ts\n    fix: ${fix}`,
    );
  });

  test.each([
    ["bad.bank", "customers/bad-bank.ts"],
    ["types.d", "customers/types-d.ts"],
    ["bänk", "customers/b-nk.ts"],
    ["Nordbank", "customers/nordbank.ts"],
  ])("reports a file %s.ts, whose name no customer can have, and proposes a possible one", async (name, proposed) => {
    write(`${name}.ts`);
    expect(await messageOf(name)).toMatch(
      new RegExp(
        `received "${name}"\\n {4}rule: a file is named after its customer.*\\n {4}fix: rename the file to ${proposed}`,
      ),
    );
  });

  test("reports a link that leads nowhere", async () => {
    symlinkSync(join(folder, "nowhere"), join(folder, "nordbank.ts"));
    expect(await messageOf("nordbank")).toContain("received a link to a file that does not exist");
  });

  test("says so where there is no customer yet", async () => {
    expect(await messageOf("nordbank")).toContain("use one of (none yet)");
  });

  test.each([
    ["nothing", "export const name = 1;", "nothing"],
    ["something else", "export default { name: 'testbank' };", "something that defineCustomer did not make"],
    [
      "a copy of a definition",
      customerText("testbank", "192.0.2.10", {})
        .replace("export default", "export default { ...")
        .replace(/;\s*$/, " };"),
      "something that defineCustomer did not make",
    ],
  ])("refuses a file that exports %s", async (_, content, shown) => {
    write("testbank.ts", content);
    expect(await messageOf("testbank")).toBe(
      `customers/testbank.ts: 1 problem\n  export default: received ${shown}\n    rule: a customer file's default export is its definition\n    fix: write export default defineCustomer({ ... })`,
    );
  });

  test("refuses a definition of another name, so that no two files declare one customer", async () => {
    write("copy.ts", customerText("testbank", "192.0.2.10", {}));
    await expect(loadCustomer("copy", folder)).rejects.toThrow(ProblemsError);
    expect(await messageOf("copy")).toMatch(
      /^customers\/copy\.ts: 1 problem\n {2}customers\/copy\.ts:\d+ name: received "testbank"\n {4}rule: the same as the file's name.*fix: write "copy", or rename the file to customers\/testbank\.ts/s,
    );
  });

  test("tells file, line and reason of a file that does not load", async () => {
    write("testbank.ts", "const size = 1;\nif (size > 0) throw new Error('a size of one');\nexport default size;");
    expect(await messageOf("testbank")).toMatch(
      /^customers\/testbank\.ts: 1 problem\n {2}customers\/testbank\.ts:2 \(code\): received Error: a size of one\n {4}rule: a customer file loads without an error; .*\n {4}fix: correct line 2/,
    );
  });

  test("reports a file that is not TypeScript", async () => {
    write("testbank.ts", "export default {{");
    expect(await messageOf("testbank")).toMatch(
      /^customers\/testbank\.ts: 1 problem\n {2}customers\/testbank\.ts:1 \(code\): received .*rule:.*fix:/s,
    );
  });
});
